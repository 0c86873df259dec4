namespace Weir.Ai.Tests;

public sealed class ModelTableTests
{
    [Theory]
    [InlineData("anthropic", "no-such-model")]
    [InlineData("no-such-provider", "gpt-5")]
    [InlineData("", "")]
    [InlineData("openrouter", "*")]
    public void Leaves_everything_open_for_models_it_does_not_know(string provider, string model)
    {
        var traits = ModelTable.Of(provider, model);
        Assert.Same(ModelTraits.Unknown, traits);
        Assert.Empty(traits.Refuses);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("vllm")]
    public void Knows_that_proofs_of_thoughts_mean_nothing_to_most_providers(string provider) =>
        Assert.Equal(["reasoning_details"], ModelTable.Of(provider, "no-such-model").Refuses);

    [Theory]
    [InlineData("openai", "gpt-5-mini")]
    [InlineData("openai", "GPT-5")]
    [InlineData("azure", "o3")]
    [InlineData("openrouter", "openai/o4-mini")]
    public void Knows_OpenAIs_reasoning_models(string provider, string model)
    {
        var traits = ModelTable.Of(provider, model);
        Assert.True(traits.Reasons);
        Assert.True(traits.WantsMaxCompletionTokens);
        Assert.Contains("temperature", traits.Refuses);
        Assert.DoesNotContain("reasoning_effort", traits.Refuses);
    }

    [Fact]
    public void Keeps_reasoning_from_models_that_do_none()
    {
        var traits = ModelTable.Of("openai", "gpt-4o");
        Assert.False(traits.Reasons);
        Assert.Contains("reasoning_effort", traits.Refuses);
    }

    [Fact]
    public void Knows_how_much_a_model_can_say() => Assert.Equal(4096, ModelTable.Of("anthropic", "claude-3-haiku-20240307").OutputTokensMax);

    [Fact]
    public void Gives_the_same_answer_every_time() => Assert.Same(ModelTable.Of("xai", "grok-4"), ModelTable.Of("xai", "grok-4"));
}
