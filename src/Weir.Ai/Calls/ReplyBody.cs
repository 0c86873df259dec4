using Microsoft.AspNetCore.Http;

namespace Weir.Ai;

/// <summary>An answer of a provider on its way to the client: begun while another target may still be tried, copied when the head is out.</summary>
abstract class ReplyBody
{
    /// <summary>Reads as much as must be known before the client sees anything. The error says why the answer is none.</summary>
    public abstract ValueTask<LlmError?> BeginAsync();

    /// <summary>Fills status and headers.</summary>
    public abstract void WriteHead(HttpResponse response);

    /// <summary>Writes the body.</summary>
    public abstract ValueTask CopyAsync(BodyOutput output);
}
