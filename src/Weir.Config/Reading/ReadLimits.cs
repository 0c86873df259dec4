namespace Weir.Config;

/// <summary>How much a document may ask of the reader. The defaults leave room for a hundred thousand routes several times over.</summary>
sealed record ReadLimits
{
    /// <summary>Largest file.</summary>
    public long FileBytesMax { get; init; } = 256L << 20;

    /// <summary>Files of all paths together.</summary>
    public int FilesMax { get; init; } = 10_000;

    /// <summary>Deepest nesting of lists and maps.</summary>
    public int DepthMax { get; init; } = 64;

    /// <summary>Scalars, lists and maps of one file.</summary>
    public long NodesMax { get; init; } = 20_000_000;

    /// <summary>Nodes that aliases and merge keys of one file may stand for: what keeps a few lines from becoming a billion entries.</summary>
    public long AliasedNodesMax { get; init; } = 1_000_000;

    /// <summary>Errors reported, and warnings as many again; after that the rest is counted only.</summary>
    public int ProblemsMax { get; init; } = 1_000;
}
