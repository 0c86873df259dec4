namespace Weir.Gateway.Plugins;

/// <summary>The rules for one part of a request (headers, query, body), in the order in which the operations run.</summary>
sealed record TransformRules(TransformRule[] Remove, TransformRule[] Rename, TransformRule[] Replace, TransformRule[] Add, TransformRule[] Append)
{
    public bool IsEmpty => Remove.Length + Rename.Length + Replace.Length + Add.Length + Append.Length == 0;
}
