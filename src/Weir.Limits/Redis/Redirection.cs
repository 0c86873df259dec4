using System.Globalization;

namespace Weir.Limits;

/// <summary>What cluster nodes say of where slots are: redirections and the whole map.</summary>
/// <param name="Slot">The slot of the command.</param>
/// <param name="To">Who has it.</param>
/// <param name="IsAsk">Only this command goes there: the slot is being moved.</param>
readonly record struct Redirection(int Slot, RedisEndpoint To, bool IsAsk)
{
    /// <summary>Reads "MOVED 3999 10.0.0.1:6381" and "ASK …"; null for any other error.</summary>
    public static Redirection? Parse(RedisValue error, RedisEndpoint from)
    {
        var isAsk = error.IsError("ASK"u8);
        if (!isAsk && !error.IsError("MOVED"u8)) return null;
        var words = error.Text.Split(' ');
        if (words.Length < 3 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var slot) || slot >= HashSlot.Count) return null;
        // An IPv6 address has colons of its own; an empty host is the one that answered.
        var colon = words[2].LastIndexOf(':');
        if (colon < 0 || !int.TryParse(words[2].AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return null;
        return new(slot, new RedisEndpoint(colon == 0 ? from.Host : words[2][..colon], port), isAsk);
    }

    /// <summary>Reads CLUSTER SLOTS: ranges with their master first. Slots that nobody has stay empty; null when the reply has another shape.</summary>
    public static RedisEndpoint[]? ReadMap(RedisValue reply, RedisEndpoint from)
    {
        var slots = new RedisEndpoint[HashSlot.Count];
        foreach (var range in reply.Items)
        {
            if (range is not { Items: [{ Kind: RedisKind.Integer } first, { Kind: RedisKind.Integer } last, { Items: [var host, var port, ..] }, ..] })
                return null;
            if (port.Kind != RedisKind.Integer) return null;
            if (first.Integer < 0 || last.Integer >= HashSlot.Count || first.Integer > last.Integer) return null;
            var node = new RedisEndpoint(host.Text is { Length: > 0 } name ? name : from.Host, (int)port.Integer);
            slots.AsSpan((int)first.Integer..((int)last.Integer + 1)).Fill(node);
        }
        return slots;
    }
}
