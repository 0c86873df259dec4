using System.Text;

namespace Weir.Ai;

/// <summary>What the gateway must know of a form that passes through: model and streaming.</summary>
static class FormScan
{
    /// <summary>Longest value that is looked at.</summary>
    const int ValueBytesMax = 1024;

    /// <summary>Reads a form. False when it cannot be passed on; then <paramref name="problems"/> says why.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, string boundary, out PromptScan scan, Problems problems)
    {
        scan = default;
        if (!MultipartForm.TryRead(body, boundary, out var fields, out var problem))
        {
            problems.Add(problem);
            return false;
        }
        var model = Value(body, fields, "model", problems);
        var stream = Value(body, fields, "stream", problems);
        var prompt = fields.Where(static field => field.Name is "prompt" or "input").Sum(static field => (long)field.Value.Length);
        scan = new PromptScan
        {
            Model = model,
            IsStream = stream is null ? null : stream == "true",
            Size = new PromptSize { TextBytes = prompt, Files = fields.Count(static field => field.IsFile) },
        };
        return problems.Found.Count == 0;
    }

    /// <summary>The one value of a field. Were it to stand twice, the gateway and the provider could take different ones.</summary>
    static string? Value(ReadOnlySpan<byte> body, List<FormField> fields, string name, Problems problems)
    {
        string? value = null;
        foreach (var field in fields)
        {
            if (field.Name != name) continue;
            if (value is not null) problems.Add(name, "stands twice");
            else if (field.IsFile || field.Value.Length > ValueBytesMax) problems.Add(name, "must be a short text");
            else value = Encoding.UTF8.GetString(body.Slice(field.Value.Start, field.Value.Length));
        }
        return value;
    }
}
