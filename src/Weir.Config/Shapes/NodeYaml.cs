using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weir.Config;

/// <summary>Writes nodes as YAML that reads as the same nodes.</summary>
static class NodeYaml
{
    /// <summary>The node as a document.</summary>
    /// <param name="root">What to write.</param>
    /// <param name="shown">What to write in place of a text; the text itself when not given.</param>
    public static string Write(Node root, Func<string, string>? shown = null)
    {
        using var output = new StringWriter();
        var emitter = new Emitter(output, EmitterSettings.Default.WithMaxSimpleKeyLength(1024).WithBestWidth(int.MaxValue));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, root, shown ?? (static text => text));
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return output.ToString();
    }

    static void Write(Emitter emitter, Node node, Func<string, string> shown)
    {
        switch (node)
        {
            case MapNode map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
                foreach (var entry in map.Entries)
                {
                    emitter.Emit(Scalar(entry.Key, ScalarKind.Text));
                    Write(emitter, entry.Value, shown);
                }
                emitter.Emit(new MappingEnd());
                break;
            case ListNode list:
                var style = list.Items.All(static item => item is ScalarNode) ? SequenceStyle.Flow : SequenceStyle.Block;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
                foreach (var item in list.Items) Write(emitter, item, shown);
                emitter.Emit(new SequenceEnd());
                break;
            case ScalarNode scalar:
                emitter.Emit(Scalar(scalar.Kind == ScalarKind.Text ? shown(scalar.Text) : scalar.Text, scalar.Kind));
                break;
        }
    }

    // A text that would be read as something else is quoted; so is one with an expression, which is filled in before YAML is read.
    static YamlDotNet.Core.Events.Scalar Scalar(string text, ScalarKind kind)
    {
        var style = kind != ScalarKind.Text ? ScalarStyle.Plain
            : text.Contains("${{", StringComparison.Ordinal) ? ScalarStyle.SingleQuoted
            : text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : Scalars.KindOf(text) != ScalarKind.Text || Scalars.OldBoolean(text) is not null ? ScalarStyle.DoubleQuoted
            : ScalarStyle.Any;
        var isNull = kind == ScalarKind.Null;
        return new YamlDotNet.Core.Events.Scalar(AnchorName.Empty, TagName.Empty, isNull ? "null" : text, style, true, true);
    }
}
