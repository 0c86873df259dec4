using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Weir.Identity;

namespace Weir.Ai.Tests;

public sealed class TokenAnswerTests
{
    static readonly DateTimeOffset s_asked = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("")]
    [InlineData("<html>s3cret</html>")]
    [InlineData("[\"s3cret\"]")]
    [InlineData("\"s3cret\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"access_token":null,"expires_in":3600}""")]
    [InlineData("""{"access_token":"","expires_in":3600}""")]
    [InlineData("""{"access_token":7,"expires_in":3600}""")]
    [InlineData("""{"access_token":"s3cret\r\nX-Admin: 1","expires_in":3600}""")]
    [InlineData("""{"access_token":"s3cret s3cret","expires_in":3600}""")]
    [InlineData("""{"access_token":"s3crét","expires_in":3600}""")]
    [InlineData("""{"access_token":"\ud800","expires_in":3600}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":0}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":-1}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":"soon"}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":"-5"}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":{}}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":null}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":3600,"token_type":"mac"}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":3600,"token_type":1}""")]
    [InlineData("""{"access_token":"s3cret","expires_in":3600""")]
    public void Refuses_what_is_no_token_without_repeating_it(string json)
    {
        var grant = TokenAnswer.Read(Encoding.UTF8.GetBytes(json), s_asked);
        Assert.Null(grant.Item);
        Assert.NotEmpty(grant.Problem!);
        Assert.DoesNotContain("s3cr", grant.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_token_that_no_header_holds()
    {
        var json = $$"""{"access_token":"{{new string('a', 20_000)}}","expires_in":60}""";
        Assert.Null(TokenAnswer.Read(Encoding.UTF8.GetBytes(json), s_asked).Item);
    }

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("3599.5", 3599.5)]
    [InlineData("\"86399\"", 86399)]
    [InlineData("1e300", 86400)]
    [InlineData("999999999999", 86400)]
    public void Counts_the_life_from_the_question(string expiresIn, double seconds)
    {
        var json = $$"""{"token_type":"bearer","access_token":"t.o-k~e+n/=","expires_in":{{expiresIn}}}""";
        var token = TokenAnswer.Read(Encoding.UTF8.GetBytes(json), s_asked).Item!;
        Assert.Equal("t.o-k~e+n/=", token.Text);
        Assert.Equal(s_asked.AddSeconds(seconds), token.ExpiresAt);
    }

    [Fact]
    public void Gives_a_token_of_unsaid_life_five_minutes() =>
        Assert.Equal(s_asked.AddMinutes(5), TokenAnswer.Read("""{"access_token":"t"}"""u8.ToArray(), s_asked).Item!.ExpiresAt);

    [Theory]
    [InlineData("""{"error":"invalid_client"}""", ": invalid_client")]
    [InlineData("""{"error":"invalid_client","error_codes":[7000215],"error_description":"s3cret"}""", ": invalid_client, AADSTS7000215")]
    [InlineData("""{"error":"invalid_grant","error_codes":["s3cret"]}""", ": invalid_grant")]
    [InlineData("""{"error":"invalid_grant","error_codes":[]}""", ": invalid_grant")]
    [InlineData("""{"error":"s3cret"}""", "")]
    [InlineData("""{"error":"\udfff"}""", "")]
    [InlineData("""{"error":{"message":"s3cret"}}""", "")]
    [InlineData("[]", "")]
    [InlineData("s3cret", "")]
    [InlineData("", "")]
    public void Passes_on_known_words_of_an_error_alone(string json, string expected) =>
        Assert.Equal(expected, TokenAnswer.ErrorOf(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Never_throws()
    {
        const string Good = """{"access_token":"s3cret","expires_in":3600,"token_type":"Bearer","error":"invalid_client","error_codes":[1]}""";
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), static (at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Good);
            bytes[(int)((uint)at % bytes.Length)] = value;
            var grant = TokenAnswer.Read(bytes, s_asked);
            return (grant.Item is null) == (grant.Problem is not null) && !TokenAnswer.ErrorOf(bytes).Contains("s3cret", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Never_shows_the_token() =>
        Assert.DoesNotContain("s3cret", Grant<IssuedToken>.Of(new IssuedToken("s3cret", s_asked, s_asked.AddHours(1))).ToString(), StringComparison.Ordinal);
}
