using Weir.Ai.Plugins;

namespace Weir.Ai.Tests;

public sealed class GeminiUrlTests
{
    [Fact]
    public void Goes_to_vertex_with_a_project() => Assert.Equal(
        "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/europe-west1/publishers/google",
        ProviderCatalog.Of(ProviderName.Gemini).Url(new ModelOptions { Gemini = new GeminiOptions { ProjectId = "p", LocationId = "europe-west1" } }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Goes_to_the_gemini_api_without_one(string? project) => Assert.Equal(
        "https://generativelanguage.googleapis.com/v1beta",
        ProviderCatalog.Of(ProviderName.Gemini).Url(new ModelOptions { Gemini = new GeminiOptions { ProjectId = project } }));
}
