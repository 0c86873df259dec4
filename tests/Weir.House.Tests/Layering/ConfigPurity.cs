using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>Weir.Config is the declared world: no ASP.NET and no network, whatever its references would let it reach.</summary>
static class ConfigPurity
{
    static readonly string[] ClosedNamespaces = ["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "System.Net.Http"];

    /// <summary>What opens a connection. The enums beside them (AddressFamily) may be used to read an address.</summary>
    static readonly string[] ClosedTypes = ["Socket", "TcpClient", "TcpListener", "UdpClient", "HttpClient", "Dns"];

    public static IEnumerable<Finding> Check(SourceFile file)
    {
        foreach (var name in file.Root.DescendantNodes().OfType<NameSyntax>())
        {
            if (ClosedIn(name) is { } closed)
                yield return new(file.Path, file.LineOf(name), $"Weir.Config must not use {closed}");
        }
    }

    static string? ClosedIn(NameSyntax name)
    {
        if (name is IdentifierNameSyntax type && ClosedTypes.Contains(type.Identifier.Text))
            return type.Identifier.Text;
        if (name.Parent is NameSyntax)
            return null;
        var spelled = name.ToString().Replace("global::", "", StringComparison.Ordinal);
        return ClosedNamespaces.FirstOrDefault(closed => spelled == closed || spelled.StartsWith(closed + ".", StringComparison.Ordinal));
    }
}
