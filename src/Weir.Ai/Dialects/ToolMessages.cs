namespace Weir.Ai;

/// <summary>Results of tools, which stand in the user's messages on some wires, as messages of their own role.</summary>
static class ToolMessages
{
    /// <summary>Adds a message as it is, or, where results of tools stand in it, as one message for each run of parts of one kind.</summary>
    public static void Split(Message message, List<Message> messages)
    {
        if (message.Role != Role.User || !message.Parts.Exists(static part => part is ToolResultPart))
        {
            messages.Add(message);
            return;
        }
        Message? run = null;
        foreach (var part in message.Parts)
        {
            var role = part is ToolResultPart ? Role.Tool : Role.User;
            if (run?.Role != role)
            {
                messages.Add(run = new Message { Role = role });
                run.Extras.AddRange(message.Extras);
                message.Extras.Clear();
            }
            run.Parts.Add(part);
        }
    }
}
