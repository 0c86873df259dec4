namespace Weir.Server;

/// <summary>Something that a provider offers at a path.</summary>
abstract class MockOperation(MockProvider provider)
{
    public MockProvider Provider => provider;

    public abstract Task AnswerAsync(MockCall call);
}
