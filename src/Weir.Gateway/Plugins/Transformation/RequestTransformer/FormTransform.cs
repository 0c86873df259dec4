using System.Text;

namespace Weir.Gateway.Plugins;

/// <summary>Changes the arguments of a query or of a form body.</summary>
static class FormTransform
{
    /// <summary>The new body; null when nothing changed.</summary>
    public static byte[]? Apply(ReadOnlyMemory<byte> body, TransformRules rules, string[] rendered)
    {
        // Byte for byte: what is not changed must come out as it went in, whatever its encoding.
        var arguments = new ArgumentList(Encoding.Latin1.GetString(body.Span));
        Apply(arguments, rules, rendered);
        return arguments.IsChanged ? Encoding.Latin1.GetBytes(arguments.ToString()) : null;
    }

    public static void Apply(ArgumentList arguments, TransformRules rules, string[] rendered)
    {
        foreach (var rule in rules.Remove) arguments.Remove(rule.Name);
        foreach (var rule in rules.Rename)
            if (rule.Of(rendered) is { } newName) arguments.Rename(rule.Name, newName);
        foreach (var rule in rules.Replace)
            if (rule.Of(rendered) is { } value) arguments.Replace(rule.Name, value);
        foreach (var rule in rules.Add)
            if (rule.Of(rendered) is { } value) arguments.Add(rule.Name, value);
        foreach (var rule in rules.Append)
            if (rule.Of(rendered) is { } value) arguments.Append(rule.Name, value);
    }
}
