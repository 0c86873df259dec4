using Npgsql;

namespace Weir.Control;

/// <summary>Where a database is: <c>postgres://user:password@host:port/database?option=value</c>, or Npgsql's own form, <c>Host=db;Database=weir</c>.</summary>
static class PostgresAddress
{
    public static bool IsUri(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Time-outs bound how long anything waits for a server that does not answer, unless the address says others.</summary>
    /// <exception cref="FormatException">It is neither. Its text may hold a password and is not repeated.</exception>
    public static NpgsqlDataSource Open(string text)
    {
        var options = new NpgsqlConnectionStringBuilder { Timeout = 5, CommandTimeout = 30, KeepAlive = 10, ApplicationName = "weir" };
        try
        {
            if (!IsUri(text)) options.ConnectionString = $"{options.ConnectionString};{text}";
            else ReadUri(text, options);
            return NpgsqlDataSource.Create(options);
        }
        catch (Exception malformed) when (malformed is ArgumentException or UriFormatException or FormatException or InvalidCastException)
        {
            throw new FormatException("no address of a database; expected postgres://user@host:5432/database or Host=db;Username=weir;Database=weir");
        }
    }

    static void ReadUri(string text, NpgsqlConnectionStringBuilder options)
    {
        var uri = new Uri(text);
        if (uri.Host.Length > 0) options.Host = uri.Host;
        if (uri.Port > 0) options.Port = uri.Port;
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) options.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) options.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database) options.Database = Uri.UnescapeDataString(database);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var value = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
            // libpq's names where they differ; the rest Npgsql knows by its own.
            switch (Uri.UnescapeDataString(pair[0]))
            {
                case "sslmode": options.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true); break;
                case "sslrootcert": options.RootCertificate = value; break;
                case "sslcert": options.SslCertificate = value; break;
                case "sslkey": options.SslKey = value; break;
                case "connect_timeout": options.Timeout = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture); break;
                case "application_name": options.ApplicationName = value; break;
                case var name: options[name] = value; break;
            }
        }
    }
}
