namespace Weir;

/// <summary>Formats of text that configuration fields can ask for. On a list the format is that of each element; on a map, of each value.</summary>
public enum TextFormat
{
    /// <summary>RFC 4122 UUID in lower case.</summary>
    Uuid,

    /// <summary>Entity name: letters, digits, <c>. - _ ~</c> and any non-ASCII character.</summary>
    Name,

    /// <summary>Tag: printable ASCII without ',' and '/', or UTF-8.</summary>
    Tag,

    /// <summary>Host name, IPv4 or IPv6 address, without port.</summary>
    Host,

    /// <summary>Host name with optional port and at most one wildcard label at either end.</summary>
    WildcardHost,

    /// <summary>Server name of a TLS handshake, wildcard allowed at either end, no port, no address.</summary>
    Sni,

    /// <summary>Path that starts with '/', without empty segments, of RFC 3986 characters.</summary>
    Path,

    /// <summary>Path of a route: a normalised prefix that starts with '/', or a regular expression that starts with "~/".</summary>
    RouterPath,

    /// <summary>HTTP method in capital letters.</summary>
    Method,

    /// <summary>HTTP header name: an RFC 9110 token.</summary>
    HeaderName,

    /// <summary>Absolute http or https URL.</summary>
    Url,

    /// <summary>IP address or CIDR range.</summary>
    IpOrCidr,

    /// <summary>Regular expression of the non-backtracking kind (no look-around, no back-references).</summary>
    Regex,

    /// <summary><c>name:value</c> with a header name before the colon.</summary>
    HeaderPair,

    /// <summary>PEM certificate, one or a chain.</summary>
    PemCertificate,

    /// <summary>PEM private key.</summary>
    PemKey,

    /// <summary>Template with <c>$(…)</c> expressions.</summary>
    Template,

    /// <summary><c>name:value</c> whose value may be a template.</summary>
    Pair,
}

/// <summary>The field's text has this format.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormatAttribute(TextFormat format) : Attribute
{
    /// <summary>The format asked for.</summary>
    public TextFormat Format { get; } = format;
}

/// <summary>The field holds a secret: it may be a <c>{vault://…}</c> reference, and its value is never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

/// <summary>The field may be a <c>{vault://…}</c> reference.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReferenceableAttribute : Attribute;

/// <summary>The list is a set: repeated elements are dropped, the order stays.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SetAttribute : Attribute;

/// <summary>From this compatibility profile on, the field has another default.</summary>
/// <param name="profile">"3.14".</param>
/// <param name="json">The default as JSON.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultSinceAttribute(string profile, string json) : Attribute
{
    /// <summary>First profile with the new default.</summary>
    public string Profile { get; } = profile;

    /// <summary>The default as JSON.</summary>
    public string Json { get; } = json;
}

/// <summary>
/// A deprecated flat name that is still read: <c>redis_host</c> for <c>redis.host</c>. Stands on the config record. When both are given the full name wins.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ShorthandAttribute(string name, string path) : Attribute
{
    /// <summary>The flat name.</summary>
    public string Name { get; } = name;

    /// <summary>Dotted path of the field it stands for.</summary>
    public string Path { get; } = path;
}
