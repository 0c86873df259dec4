using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Limits;

/// <summary>
/// What a group of counters belongs to: a policy at its place in the configuration. Built once per policy, so that its hash is computed once.
/// </summary>
sealed class CounterScope(string name) : IEquatable<CounterScope>
{
    readonly int _hash = name.GetHashCode(StringComparison.Ordinal);

    public string Name { get; } = name;

    // After a reload the policy has a new scope object of the same name: its counters go on.
    public bool Equals(CounterScope? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && Name == other.Name);

    public override bool Equals(object? obj) => Equals(obj as CounterScope);

    public override int GetHashCode() => _hash;

    public override string ToString() => Name;
}

/// <summary>
/// Whose counter it is: a scope and an identity within it, which is a text or an address. Compared exactly, never by hash alone, so that nobody can be made
/// to share somebody else's counter; made without allocation from what a request already holds.
/// </summary>
readonly struct CounterKey : IEquatable<CounterKey>
{
    readonly UInt128 _address;
    readonly string? _text;

    // Asked for twice in each look-up, and dear for a text.
    readonly int _hash;

    // String hashes are keyed by a secret of this process: identities chosen by clients cannot be made to collide.
    public CounterKey(CounterScope scope, string identity) =>
        (Scope, _text, _hash) = (scope, identity, HashCode.Combine(scope.GetHashCode(), identity.GetHashCode(StringComparison.Ordinal)));

    public CounterKey(CounterScope scope, IPAddress address)
    {
        Scope = scope;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            // The mapped form ::ffff:a.b.c.d: one client has one counter whichever way its address is written.
            bytes[10] = bytes[11] = 0xff;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }
        _address = MemoryMarshal.Read<UInt128>(bytes);
        _hash = HashCode.Combine(scope.GetHashCode(), _address.GetHashCode());
    }

    public CounterScope Scope { get; }

    public bool Equals(CounterKey other) =>
        _hash == other._hash && _address == other._address && string.Equals(_text, other._text) && Scope.Equals(other.Scope);

    public override bool Equals(object? obj) => obj is CounterKey other && Equals(other);

    public override int GetHashCode() => _hash;

    public static bool operator ==(CounterKey left, CounterKey right) => left.Equals(right);

    public static bool operator !=(CounterKey left, CounterKey right) => !left.Equals(right);

    public override string ToString()
    {
        if (_text is not null) return $"{Scope.Name}:{_text}";
        Span<byte> bytes = stackalloc byte[16];
        MemoryMarshal.Write(bytes, in _address);
        var address = new IPAddress(bytes);
        return $"{Scope.Name}:{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}";
    }
}
