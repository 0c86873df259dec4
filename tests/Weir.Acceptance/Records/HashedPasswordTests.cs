using System.Net;
using System.Net.Http.Headers;

namespace Weir.Acceptance;

/// <summary>A file with passwords as Kong dumps them still lets their owners in.</summary>
public sealed class HashedPasswordTests
{
    const string ConsumerId = "5c7a1d1e-1e7b-4a3c-9a59-3f6a4d1c2b90";

    [Theory]
    [InlineData("true", HttpStatusCode.OK)]
    [InlineData("false", HttpStatusCode.Unauthorized)]
    public async Task A_dumped_password_counts_when_the_file_says_so(string skipHash, HttpStatusCode expected)
    {
        // SHA-1 of "sesame" and the consumer's id, as Kong stores it.
        const string Dumped = "ff58a29e14e0de11ce23ed2e39ea02e2a8283c64";
        await using var gateway = await TestGateway.StartAsync($$"""
            _format_version: "3.0"
            _info: {skip_hash_for_basic_auth: {{skipHash}}}
            routes:
            - paths: [/]
              plugins:
              - name: basic-auth
              - name: request-termination
                config: {status_code: 200, message: in}
            consumers:
            - id: {{ConsumerId}}
              username: ann
              basicauth_credentials:
              - {username: ann, password: "{{Dumped}}"}
            """);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ann:sesame"u8));
        using var answer = await gateway.Client.SendAsync(request);
        Assert.Equal(expected, answer.StatusCode);
    }
}
