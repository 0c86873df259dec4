using System.Security.Cryptography;
using System.Text;

namespace Weir.Ai.Tests;

public sealed class PriceBookFilesTests : IDisposable
{
    const string Entry = """{"provider": "p", "models": ["m"], "from": "2026-01-01", "input": "1"}""";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-prices");
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    string Book => Path.Combine(_folder.FullName, "prices.json");

    string Signature => Book + PriceSignature.FileSuffix;

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_broken_file_leaves_the_last_good_book()
    {
        var files = Unsigned();
        Write(Book, PriceSamples.File(Entry));
        Assert.Empty(files.Reload());
        var good = files.Current;
        Write(Book, "{");
        Assert.NotEmpty(files.Reload());
        Assert.Same(good, files.Current);
        File.Delete(Book);
        Assert.NotEmpty(files.Reload());
        Assert.Same(good, files.Current);
        Write(Book, PriceSamples.File(Entry.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)));
        Assert.Empty(files.Reload());
        Assert.NotSame(good, files.Current);
    }

    [Fact]
    public void One_broken_file_of_two_leaves_both_as_they_were()
    {
        var other = Path.Combine(_folder.FullName, "ours.json");
        var files = new PriceBookFiles(new() { Files = [Book, other], AcceptUnsigned = true });
        Write(Book, PriceSamples.File(Entry));
        Write(other, PriceSamples.File("""{"provider": "p", "models": ["m"], "from": "soon", "input": "x"}"""));
        Assert.Equal(2, files.Reload().Count);
        Assert.Empty(files.Current.Layers);
    }

    [Fact]
    public void Refuses_books_of_two_currencies()
    {
        var other = Path.Combine(_folder.FullName, "ours.json");
        Write(Book, PriceSamples.File(Entry));
        Write(other, PriceSamples.File(Entry).Replace("USD", "EUR", StringComparison.Ordinal));
        var problem = Assert.Single(new PriceBookFiles(new() { Files = [Book, other], AcceptUnsigned = true }).Reload());
        Assert.Contains("its currency is EUR", problem.Message);
    }

    [Fact]
    public void Accepts_a_file_that_the_key_signed()
    {
        Write(Book, PriceSamples.File(Entry));
        Write(Signature, PriceSignature.Sign(File.ReadAllBytes(Book), _key));
        var files = Signed();
        Assert.Empty(files.Reload());
        Assert.Single(files.Current.Layers);
    }

    [Fact]
    public void Accepts_the_example_signed_by_a_key_made_for_the_test()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Weir.slnx"))) folder = Path.GetDirectoryName(folder)!;
        File.Copy(Path.Combine(folder, "examples", "prices.json"), Book);
        Write(Signature, PriceSignature.Sign(File.ReadAllBytes(Book), _key));
        Assert.Empty(Signed().Reload());
    }

    [Fact]
    public void Accepts_what_openssl_signs()
    {
        const string pem = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJWzkgSw6kInq3IJXliYh4mq8OL+P
            OLdFWZm93oylLt67VWYgKfkWj1LTOoAoBgbIsi6VQc8wi1P1Tt91K6Yt6Q==
            -----END PUBLIC KEY-----
            """;
        const string signature = """
            MEQCIDcj95lh7HohHyvqZsZ+ydiQ83hYVa1JJaD7Y/uIRuOXAiAqdQNsvzvLTdyUKhG6/Gp4oHWT
            3+e7EyiROhVgVgvBgw==
            """;
        using var key = PriceSignature.ReadKey(pem);
        Assert.True(PriceSignature.IsValid("prices"u8, signature, key!));
        Assert.False(PriceSignature.IsValid("Prices"u8, signature, key!));
    }

    [Fact]
    public void Refuses_a_file_that_was_changed_after_signing_even_where_unsigned_ones_pass()
    {
        Write(Book, PriceSamples.File(Entry));
        Write(Signature, PriceSignature.Sign(File.ReadAllBytes(Book), _key));
        Write(Book, PriceSamples.File(Entry.Replace("\"1\"", "\"0\"", StringComparison.Ordinal)));
        Assert.Contains("is not a signature of", Assert.Single(Signed().Reload()).Message);
        var lenient = new PriceBookFiles(new() { Files = [Book], PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem(), AcceptUnsigned = true });
        Assert.Contains("is not a signature of", Assert.Single(lenient.Reload()).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("MEUCIQ==")]
    public void Refuses_a_signature_that_is_none(string signature)
    {
        Write(Book, PriceSamples.File(Entry));
        Write(Signature, signature);
        Assert.Contains("is not a signature of", Assert.Single(Signed().Reload()).Message);
    }

    [Fact]
    public void Refuses_the_signature_of_another_key()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(Book, PriceSamples.File(Entry));
        Write(Signature, PriceSignature.Sign(File.ReadAllBytes(Book), other));
        Assert.Contains("is not a signature of", Assert.Single(Signed().Reload()).Message);
    }

    [Fact]
    public void Refuses_an_unsigned_file_unless_told_otherwise()
    {
        Write(Book, PriceSamples.File(Entry));
        Assert.Contains("has no signature", Assert.Single(Signed().Reload()).Message);
        Assert.Contains("no public key is configured", Assert.Single(new PriceBookFiles(new() { Files = [Book] }).Reload()).Message);
        Assert.Empty(Unsigned().Reload());
    }

    [Fact]
    public void Refuses_a_key_of_another_kind()
    {
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        const string broken = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        foreach (var pem in (string[])["", "x", broken, rsa.ExportSubjectPublicKeyInfoPem(), p384.ExportSubjectPublicKeyInfoPem()])
        {
            Write(Book, PriceSamples.File(Entry));
            var problems = new PriceBookFiles(new() { Files = [Book], PublicKeyPem = pem }).Reload();
            Assert.Contains(problems, static problem => problem.Message.Contains("P-256", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Refuses_a_file_that_is_not_utf8()
    {
        File.WriteAllBytes(Book, [0x7b, 0xff, 0xfe, 0x7d]);
        Assert.Contains("UTF-8", Assert.Single(Unsigned().Reload()).Message);
    }

    PriceBookFiles Unsigned() => new(new() { Files = [Book], AcceptUnsigned = true });

    PriceBookFiles Signed() => new(new() { Files = [Book], PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem() });

    static void Write(string path, string text) => File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
}
