namespace Weir.Ai;

/// <summary>
/// The vocabularies in the executable. Each is read on first use, in the background: until then there is none, and whoever asks estimates. A gateway that
/// never counts tokens never holds them.
/// </summary>
static class Vocabularies
{
    static readonly Lazy<Task<BytePairEncoder>> LoadingO200k = new(static () => Task.Run(static () => Load("o200k_base", new O200kSplitter())));
    static readonly Lazy<Task<BytePairEncoder>> LoadingCl100k = new(static () => Task.Run(static () => Load("cl100k_base", new Cl100kSplitter())));

    /// <summary>OpenAI's o200k_base, of gpt-4o and everything since; null while it is being read.</summary>
    public static BytePairEncoder? O200k => Ready(LoadingO200k);

    /// <summary>OpenAI's cl100k_base, of gpt-3.5, gpt-4 and their embeddings; null while it is being read.</summary>
    public static BytePairEncoder? Cl100k => Ready(LoadingCl100k);

    /// <summary>o200k_base, when it has been read.</summary>
    public static Task<BytePairEncoder> O200kAsync() => LoadingO200k.Value;

    /// <summary>cl100k_base, when it has been read.</summary>
    public static Task<BytePairEncoder> Cl100kAsync() => LoadingCl100k.Value;

    static BytePairEncoder? Ready(Lazy<Task<BytePairEncoder>> loading)
    {
        var task = loading.Value;
#pragma warning disable RS0030 // It has completed.
        return task.IsCompletedSuccessfully ? task.Result : null;
#pragma warning restore RS0030
    }

    static BytePairEncoder Load(string name, WordSplitter splitter)
    {
        using var stream = typeof(Vocabularies).Assembly.GetManifestResourceStream($"Tokens/{name}.txt")
            ?? throw new InvalidOperationException($"The vocabulary {name} is not in the executable.");
        return new BytePairEncoder(BytePairVocabulary.Load(stream), splitter);
    }
}
