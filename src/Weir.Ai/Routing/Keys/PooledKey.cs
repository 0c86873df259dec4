namespace Weir.Ai;

/// <summary>One of a target's credentials.</summary>
/// <param name="Name">What it is called in logs and metrics: its configured name, or a digest. Never the key.</param>
/// <param name="Authorizer">Proves calls with it.</param>
/// <param name="State">What is known of it.</param>
sealed record PooledKey(string Name, IAuthorizer Authorizer, KeyState State);
