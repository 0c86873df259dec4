using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Weir.Control;

/// <summary>
/// An OpenID provider: finds its keys, and says who shows a token of it. Keys that were read once go on to count while the provider cannot be reached.
/// </summary>
sealed partial class OidcProvider : IDisposable
{
    const long AnswerBytesMax = 1 << 20;

    /// <summary>How often keys are asked for at most, whatever the tokens say.</summary>
    static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);

    /// <summary>How old keys may be: one that the provider took back counts no longer than that.</summary>
    static readonly TimeSpan KeysFor = TimeSpan.FromMinutes(15);

    static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    readonly HttpClient _http;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly SemaphoreSlim _oneAtATime = new(1, 1);
    volatile SigningKeys _keys = SigningKeys.None;
    DateTimeOffset _asked = DateTimeOffset.MinValue;
    DateTimeOffset _read = DateTimeOffset.MinValue;

    /// <param name="settings">Where it is.</param>
    /// <param name="handler">Speaks HTTP; disposed with this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">What goes wrong.</param>
    /// <exception cref="FormatException">Its address is none that can be trusted.</exception>
    public OidcProvider(OidcSettings settings, HttpMessageHandler handler, TimeProvider time, ILogger log)
    {
        (Settings, _time, _log) = (settings, time, log);
        if (!IsTrusted(settings.Issuer))
            throw new FormatException($"admin_oidc_issuer: expected an https address (http on loopback only), found '{settings.Issuer}'");
        if (settings.Audience.Length == 0) throw new FormatException("admin_oidc_audience: a token has to be for somebody; say for whom");
        _http = new HttpClient(handler) { Timeout = AnswerWithin, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    public OidcSettings Settings { get; }

    /// <summary>Who shows a token; null when it does not count.</summary>
    public async Task<OidcIdentity?> IdentityOfAsync(string text, CancellationToken cancellation)
    {
        // What costs nothing to see comes before keys are asked for.
        if (OidcToken.Read(text) is not { } token || token.Identity(Settings, _time.GetUtcNow()) is not { } identity) return null;
        var keys = await KeysAsync(token.KeyId, cancellation);
        return keys.Verify(token.KeyId, token.Algorithm, token.Signed, token.Signature) ? identity : null;
    }

    public void Dispose()
    {
        _http.Dispose();
        _oneAtATime.Dispose();
    }

    async Task<SigningKeys> KeysAsync(string id, CancellationToken cancellation)
    {
        if (IsFresh(id)) return _keys;
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            var now = _time.GetUtcNow();
            if (IsFresh(id) || now - _asked < AskEvery) return _keys;
            _asked = now;
            _keys = await ReadKeysAsync(cancellation);
            _read = now;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or FormatException
            || (failure is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            LogNoKeys(_log, failure.Message, Settings.Issuer);
        }
        finally
        {
            _oneAtATime.Release();
        }
        return _keys;
    }

    bool IsFresh(string id) => _keys.Has(id) && _time.GetUtcNow() - _read < KeysFor;

    async Task<SigningKeys> ReadKeysAsync(CancellationToken cancellation)
    {
        using var about = JsonDocument.Parse(await _http.GetByteArrayAsync(Settings.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", cancellation));
        // Keys of another are not asked for (OpenID Connect Discovery 1.0 §4.3).
        if (Text(about, "issuer") != Settings.Issuer) throw new FormatException($"it says that it is '{Text(about, "issuer")}'");
        var place = Text(about, "jwks_uri");
        if (!IsTrusted(place)) throw new FormatException($"its keys are not at an https address: '{place}'");
        return SigningKeys.Read(await _http.GetByteArrayAsync(place, cancellation));
    }

    static string? Text(JsonDocument document, string field) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(field, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static bool IsTrusted(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    [LoggerMessage(1, LogLevel.Error, "The keys of {Issuer} cannot be read: {Why}")]
    static partial void LogNoKeys(ILogger log, string why, string issuer);
}
