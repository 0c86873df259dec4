namespace Weir.Ai.Tests;

public sealed class SequentialPartsTests
{
    readonly RecordingSink _sink = new();
    readonly Losses _losses = new();
    readonly SequentialParts _parts;

    public SequentialPartsTests() => _parts = new SequentialParts(_sink, _losses);

    [Fact]
    public void Passes_on_what_is_in_order()
    {
        Start(0, ReplyPartKind.Text);
        Delta(0, ReplyPartKind.Text, "a");
        End(0, ReplyPartKind.Text);
        Start(1, ReplyPartKind.ToolCall);
        Delta(1, ReplyPartKind.ToolCall, "{}");
        End(1, ReplyPartKind.ToolCall);
        AssertEvents(
            "PartStarted 0.0 Text", "Delta 0.0 Text 'a'", "PartEnded 0.0 Text",
            "PartStarted 0.1 ToolCall", "Delta 0.1 ToolCall '{}'", "PartEnded 0.1 ToolCall");
    }

    [Fact]
    public void Ends_a_text_where_the_next_part_begins_and_goes_on_with_it_as_a_part_of_its_own()
    {
        Start(0, ReplyPartKind.Text);
        Delta(0, ReplyPartKind.Text, "a");
        Start(1, ReplyPartKind.ToolCall);
        Delta(1, ReplyPartKind.ToolCall, "{}");
        Delta(0, ReplyPartKind.Text, "b");
        End(0, ReplyPartKind.Text);
        End(1, ReplyPartKind.ToolCall);
        AssertEvents(
            "PartStarted 0.0 Text", "Delta 0.0 Text 'a'", "PartEnded 0.0 Text",
            "PartStarted 0.1 ToolCall", "Delta 0.1 ToolCall '{}'", "PartEnded 0.1 ToolCall",
            "PartStarted 0.2 Text", "Delta 0.2 Text 'b'", "PartEnded 0.2 Text");
    }

    [Fact]
    public void Ends_a_call_whose_arguments_are_complete_at_once()
    {
        Start(0, ReplyPartKind.ToolCall);
        Delta(0, ReplyPartKind.ToolCall, "{\"a\": \"}\\\"");
        Delta(0, ReplyPartKind.ToolCall, "{\", \"b\": [1]}");
        Start(1, ReplyPartKind.ToolCall);
        AssertEvents(
            "PartStarted 0.0 ToolCall", "Delta 0.0 ToolCall '{\"a\": \"}\\\"'", "Delta 0.0 ToolCall '{\", \"b\": [1]}'", "PartEnded 0.0 ToolCall",
            "PartStarted 0.1 ToolCall");
    }

    [Fact]
    public void Holds_back_what_comes_while_a_call_is_incomplete()
    {
        Start(0, ReplyPartKind.ToolCall);
        Delta(0, ReplyPartKind.ToolCall, "{");
        Start(1, ReplyPartKind.ToolCall);
        Delta(1, ReplyPartKind.ToolCall, "[");
        Start(2, ReplyPartKind.Text);
        Delta(0, ReplyPartKind.ToolCall, "}");
        Delta(1, ReplyPartKind.ToolCall, "]");
        Delta(2, ReplyPartKind.Text, "t");
        End(1, ReplyPartKind.ToolCall);
        Assert.DoesNotContain("0.1", _sink.ToString(), StringComparison.Ordinal);
        End(0, ReplyPartKind.ToolCall);
        AssertEvents(
            "PartStarted 0.0 ToolCall", "Delta 0.0 ToolCall '{'", "Delta 0.0 ToolCall '}'", "PartEnded 0.0 ToolCall",
            "PartStarted 0.1 ToolCall", "Delta 0.1 ToolCall '['", "Delta 0.1 ToolCall ']'", "PartEnded 0.1 ToolCall",
            "PartStarted 0.2 Text", "Delta 0.2 Text 't'");
    }

    [Fact]
    public void Ends_all_parts_before_the_answer_finishes()
    {
        Start(0, ReplyPartKind.ToolCall);
        Start(1, ReplyPartKind.ToolCall);
        _parts.On(new ReplyEvent { Kind = ReplyEventKind.Finished, Stop = StopReason.MaxTokens });
        AssertEvents("PartStarted 0.0 ToolCall", "PartEnded 0.0 ToolCall", "PartStarted 0.1 ToolCall", "PartEnded 0.1 ToolCall", "Finished 0 MaxTokens");
    }

    [Fact]
    public void Leaves_out_other_choices_and_says_so()
    {
        _parts.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Choice = 1 });
        Assert.Empty(_sink.Events);
        Assert.Equal("choices", _losses.ToString());
    }

    void Start(int part, ReplyPartKind kind) => _parts.On(new ReplyEvent { Kind = ReplyEventKind.PartStarted, Part = part, PartKind = kind });

    void Delta(int part, ReplyPartKind kind, string text) =>
        _parts.On(new ReplyEvent { Kind = ReplyEventKind.Delta, Part = part, PartKind = kind, Text = text });

    void End(int part, ReplyPartKind kind) => _parts.On(new ReplyEvent { Kind = ReplyEventKind.PartEnded, Part = part, PartKind = kind });

    void AssertEvents(params string[] expected) => Assert.Equal(string.Join('\n', expected), _sink.ToString());
}
