using System.Text;

namespace Weir.Control;

/// <summary>Signed statements of where the journal ends, and the key that they are verified with.</summary>
sealed class CheckpointEndpoints(ControlPlane plane, CheckpointKey? key)
{
    static readonly Reply NoKey = Reply.Message(404, "this node signs no checkpoints: its setting journal_signing_key names no key");

    public IEnumerable<Endpoint> All()
    {
        yield return new Endpoint("/journal/checkpoint", "history",
        [
            new Operation("GET", Need.SignedIn,
                "States, signed, where the journal ends now. Keep it where those who write the journal cannot reach it.", CheckpointAsync),
        ]);
        yield return new Endpoint("/journal/key", "history",
            [new Operation("GET", Need.SignedIn, "Shows the public key that verifies checkpoints, as PEM.", _ => Task.FromResult(Key()))]);
    }

    Task<Reply> CheckpointAsync(AdminCall call) =>
        Task.FromResult(key is null ? NoKey : new Reply(200, key.Sign(call.State.Head, plane.Parts.Time.GetUtcNow()).ToJson()));

    Reply Key() => key is null ? NoKey : new Reply(200, Encoding.ASCII.GetBytes(key.PublicPem + "\n")) { ContentType = "application/x-pem-file" };
}
