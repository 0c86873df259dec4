namespace Weir.Limits;

/// <summary>What came is no reply of Redis. Nothing after it can be understood: the connection is of no use any more.</summary>
sealed class RespException(string message) : Exception(message);
