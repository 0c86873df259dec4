namespace Weir.Bench.Load;

/// <summary>A system cannot run as it is installed; the message says what to do.</summary>
sealed class GatewayMissingException(string message) : Exception(message);
