using System.Text;
using System.Text.Json.Nodes;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class SigV4Tests
{
    const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    static readonly DateTimeOffset s_time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Fact]
    public void Derives_the_key_of_the_documentation() =>
        Assert.Equal(
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
            Convert.ToHexStringLower(SigV4.SigningKey(Secret, "20150830", "us-east-1", "iam")));

    // AWS's test suite for version 4: its names, its signatures.
    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "/", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData(
        "get-vanilla-query-order-key-case", "GET", "/", "Param2=value2&Param1=value1",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-utf8", "GET", "/ሴ", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-relative", "GET", "/example/..", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative-relative", "GET", "/example1/example2/../..", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash", "GET", "//", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-dot-slash", "GET", "/./", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    public void Signs_as_the_test_suite_does(string name, string method, string path, string query, string signature)
    {
        var request = new AwsRequest { Method = method, Host = "example.amazonaws.com", Path = path, Query = query };
        var signed = Sign(request, new AwsCredentials("AKIDEXAMPLE", Secret), s_time, "us-east-1", "service");
        Assert.True(
            signed == $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            $"{name}: {signed}");
    }

    [Fact]
    public void Signs_the_example_of_the_documentation()
    {
        var request = new AwsRequest
        {
            Method = "GET",
            Host = "iam.amazonaws.com",
            Query = "Action=ListUsers&Version=2010-05-08",
            Headers = [new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
        };
        Assert.EndsWith(
            "SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            Sign(request, new AwsCredentials("AKIDEXAMPLE", Secret), s_time, "us-east-1", "iam"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Signs_as_the_signer_of_the_official_SDK_does()
    {
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(Recorded.Folder("aws"), "sigv4.jsonl")))
        {
            var vector = JsonNode.Parse(line)!;
            var request = new AwsRequest
            {
                Method = (string)vector["method"]!,
                Host = (string)vector["host"]!,
                Path = (string)vector["path"]!,
                Query = (string)vector["query"]!,
                Headers = [.. vector["headers"]!.AsObject().Select(static header => KeyValuePair.Create(header.Key, (string)header.Value!))],
                Body = Encoding.UTF8.GetBytes((string)vector["body"]!),
            };
            var credentials = new AwsCredentials((string)vector["accessKeyId"]!, (string)vector["secretAccessKey"]!, (string?)vector["sessionToken"]);
            var time = DateTimeOffset.FromUnixTimeSeconds((long)vector["seconds"]!);
            var signed = Sign(request, credentials, time, (string)vector["region"]!, (string)vector["service"]!);
            Assert.True((string)vector["authorization"]! == signed, $"{line}\n{signed}");
            count++;
        }
        Assert.Equal(60, count);
    }

    [Fact]
    public void Encodes_the_ARN_of_a_model_once_on_the_wire_and_twice_in_the_signature()
    {
        var path = $"/model/{SigV4.Encode("arn:aws:bedrock:eu-west-1:1:inference-profile/x")}/converse";
        Assert.Equal("/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Fx/converse", path);
        var canonical = SigV4.CanonicalRequest(new AwsRequest { Method = "POST", Host = "h", Path = path }, [], out _);
        Assert.Equal("/model/arn%253Aaws%253Abedrock%253Aeu-west-1%253A1%253Ainference-profile%252Fx/converse", canonical.Split('\n')[1]);
    }

    [Fact]
    public void Adds_the_token_of_temporary_credentials_and_signs_it()
    {
        var request = new AwsRequest { Method = "POST", Host = "h" };
        var key = SigV4.SigningKey("s", "20150830", "r", "bedrock");
        var added = SigV4.Sign(request, new AwsCredentials("a", "s", "the-token"), "r", "bedrock", s_time, key);
        Assert.Equal(["X-Amz-Date", "X-Amz-Security-Token", "Authorization"], added.Select(static header => header.Key));
        Assert.Equal("20150830T123600Z", added[0].Value);
        Assert.Equal("the-token", added[1].Value);
        Assert.Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,", added[2].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_the_key_of_the_day_and_no_more_than_it_may()
    {
        var time = new ManualTime(s_time);
        var signer = new SigV4Signer(time);
        var request = new AwsRequest { Method = "POST", Host = "h" };
        var credentials = new AwsCredentials("a", "s");
        var first = signer.Sign(request, credentials, "r", "bedrock")[^1].Value;
        Assert.Equal(first, signer.Sign(request, credentials, "r", "bedrock")[^1].Value);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Contains("a/20150831/r/bedrock", signer.Sign(request, credentials, "r", "bedrock")[^1].Value, StringComparison.Ordinal);
        Assert.Equal(1, signer.KeyCount);
        for (var i = 0; i < 2 * SigV4Signer.KeysMax; i++) signer.Sign(request, credentials, $"r{i}", "bedrock");
        Assert.InRange(signer.KeyCount, 1, SigV4Signer.KeysMax);
    }

    [Fact]
    public void Never_shows_the_secret() => Assert.Equal("AKID", new AwsCredentials("AKID", "secret", "token").ToString());

    static string Sign(AwsRequest request, AwsCredentials credentials, DateTimeOffset time, string region, string service) =>
        SigV4.Sign(request, credentials, region, service, time, SigV4.SigningKey(credentials.SecretAccessKey, SigV4.Day(time), region, service))[^1].Value;
}
