using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Weir.House.Tests;

/// <summary>Weir.Config is the declared world: no ASP.NET and no network, whatever its references would let it reach.</summary>
static class ConfigPurity
{
    static readonly string[] Closed = ["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "System.Net.Http", "System.Net.Sockets"];

    public static IEnumerable<Finding> Check(SourceFile file) =>
        from name in file.Root.DescendantNodes().OfType<NameSyntax>()
        where name.Parent is not NameSyntax
        let spelled = name.ToString().Replace("global::", "", StringComparison.Ordinal)
        let closed = Closed.FirstOrDefault(prefix => spelled == prefix || spelled.StartsWith(prefix + ".", StringComparison.Ordinal))
        where closed is not null
        select new Finding(file.Path, file.LineOf(name), $"Weir.Config must not use {closed}");
}
