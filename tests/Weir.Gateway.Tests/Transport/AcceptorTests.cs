namespace Weir.Gateway.Tests;

/// <summary>Why a connection cannot be accepted, and what follows; the numbers are Linux's.</summary>
public sealed class AcceptorTests
{
    [Theory]
    [InlineData(4, "EINTR")]
    [InlineData(71, "EPROTO")]
    [InlineData(92, "ENOPROTOOPT")]
    [InlineData(95, "EOPNOTSUPP")]
    [InlineData(100, "ENETDOWN")]
    [InlineData(101, "ENETUNREACH")]
    [InlineData(103, "ECONNABORTED")]
    [InlineData(112, "EHOSTDOWN")]
    [InlineData(113, "EHOSTUNREACH")]
    public void Passes_over_what_concerns_one_connection(int error, string name) => Assert.True(Acceptor.ConcernsOneConnection(error), name);

    [Theory]
    [InlineData(1, "EPERM")]
    [InlineData(12, "ENOMEM")]
    [InlineData(22, "EINVAL")]
    [InlineData(23, "ENFILE")]
    [InlineData(24, "EMFILE")]
    [InlineData(105, "ENOBUFS")]
    public void Pauses_for_what_concerns_the_process_or_the_machine(int error, string name) => Assert.False(Acceptor.ConcernsOneConnection(error), name);
}
