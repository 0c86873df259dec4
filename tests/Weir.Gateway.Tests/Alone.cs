namespace Weir.Gateway.Tests;

/// <summary>Tests that measure the whole process and so run beside no other.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
