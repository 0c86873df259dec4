namespace Weir.Ai;

sealed class PromptScan
{
    public static PromptScan Empty { get; } = new();
    public string? Model { get; private set; }
    public bool IsStream { get; private set; }
    public bool AsksUsage { get; private set; }
    public bool IsJson { get; private set; }

    public static string? Read(ReadOnlyMemory<byte> body, out PromptScan scan)
    {
        scan = new PromptScan { IsJson = true };
        var problems = new Problems();
        if (WireObject.Parse(body, problems, out var document) is not { } read) return problems.Found[0].Message;
        scan.Model = read.Text("model");
        scan.IsStream = read.Flag("stream") ?? false;
        scan.AsksUsage = read.Object("stream_options")?.Flag("include_usage") ?? false;
        document!.Dispose();
        return problems.Found.Count > 0 ? $"{problems.Found[0].Field}: {problems.Found[0].Message}" : null;
    }
}
