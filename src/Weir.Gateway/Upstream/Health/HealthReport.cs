using System.Net;
using System.Text.Json.Serialization;

namespace Weir.Gateway;

/// <summary>Health of one target, as the health endpoints report it.</summary>
/// <param name="Target">The target with explicit port.</param>
/// <param name="Weight">Its configured weight.</param>
/// <param name="Health">Of the whole target: healthy when any address is.</param>
/// <param name="Addresses">Its addresses; empty when the name does not resolve.</param>
sealed record TargetHealth(string Target, int Weight, ReportedHealth Health, IReadOnlyList<AddressHealth> Addresses);

/// <summary>Health of one address of a target.</summary>
sealed record AddressHealth(IPEndPoint Address, int Weight, ReportedHealth Health);

/// <summary>What the health endpoints call a state.</summary>
enum ReportedHealth
{
    [JsonStringEnumMemberName("HEALTHY")] Healthy,
    [JsonStringEnumMemberName("UNHEALTHY")] Unhealthy,
    [JsonStringEnumMemberName("HEALTHCHECKS_OFF")] HealthchecksOff,
    [JsonStringEnumMemberName("DNS_ERROR")] DnsError,
}
