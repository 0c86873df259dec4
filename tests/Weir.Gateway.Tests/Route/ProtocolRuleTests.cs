using Weir.Config;

namespace Weir.Gateway.Tests;

public sealed class ProtocolRuleTests
{
    static RouteConfig Of(params RouteProtocol[] protocols) => new() { Protocols = protocols };

    [Fact]
    public void Only_a_route_without_any_clear_protocol_needs_https()
    {
        Assert.True(ProtocolRule.NeedsHttps(Of(RouteProtocol.Https)));
        Assert.True(ProtocolRule.NeedsHttps(Of(RouteProtocol.Grpcs)));
        Assert.True(ProtocolRule.NeedsHttps(Of(RouteProtocol.Wss)));
        Assert.False(ProtocolRule.NeedsHttps(Of(RouteProtocol.Http)));
        Assert.False(ProtocolRule.NeedsHttps(Of(RouteProtocol.Http, RouteProtocol.Https)));
        Assert.False(ProtocolRule.NeedsHttps(Of(RouteProtocol.Grpc, RouteProtocol.Grpcs)));
        Assert.False(ProtocolRule.NeedsHttps(Of(RouteProtocol.Tcp)));
    }

    [Fact]
    public void Grpc_routes_keep_their_paths_whole_unless_they_say_otherwise()
    {
        Assert.True(ProtocolRule.IsGrpc(Of(RouteProtocol.Grpcs)));
        Assert.False(ProtocolRule.IsGrpc(Of(RouteProtocol.Http, RouteProtocol.Https)));
        Assert.False(ProtocolRule.StripsPath(Of(RouteProtocol.Grpc)));
        Assert.True(ProtocolRule.StripsPath(Of(RouteProtocol.Grpc) with { StripPath = true }));
        Assert.True(ProtocolRule.StripsPath(Of(RouteProtocol.Http)));
        Assert.False(ProtocolRule.StripsPath(Of(RouteProtocol.Http) with { StripPath = false }));
    }
}
