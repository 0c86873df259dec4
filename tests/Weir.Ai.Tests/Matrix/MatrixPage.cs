using System.Text;

namespace Weir.Ai.Tests;

/// <summary>The page that says what is carried: docs/reference/translation.md.</summary>
static class MatrixPage
{
    static readonly (DialectName Dialect, string Name)[] s_names =
    [
        (DialectName.OpenAiChat, "OpenAI Chat"), (DialectName.OpenAiResponses, "OpenAI Responses"), (DialectName.OpenAiCompletions, "OpenAI Completions"),
        (DialectName.Anthropic, "Anthropic"), (DialectName.Gemini, "Gemini"), (DialectName.Bedrock, "Bedrock"), (DialectName.Cohere, "Cohere"),
    ];

    public static string Make()
    {
        var page = new StringBuilder();
        page.Append("""
            # Translation

            <!-- Written by TranslationMatrixTests, which runs the translators: run that test with WEIR_WRITE=1 to write it anew. -->

            What arrives when a client of one dialect is answered by a provider of another. Each cell was computed: the case was written in the client's
            dialect, translated for the provider, read as the provider would, answered in the provider's wire, and translated back.

            | | |
            |---|---|
            | = | the same dialect on both sides: the bytes pass |
            | ● | all of it arrives |
            | ◐ | all of it arrives by other means: a schema as the parameters of a tool that must be called |
            | ○ | not all of it arrives; what does not is named in `Weir-Translation-Loss` (for answers that stream, in the log), as in the cell |
            | – | the client's dialect has no word for it |

            Two marks stand for a whole answer and a streamed one where they differ. The models are gpt-4.1, gpt-3.5-turbo-instruct (Completions),
            claude-sonnet-4-5 (Anthropic, Bedrock), gemini-2.5-flash and command-a-03-2025; what another model cannot take may be lost besides, and is named,
            too.


            """.ReplaceLineEndings("\n"));
        foreach (var (client, name) in s_names) AppendClient(page, client, name);
        AppendNames(page);
        return page.ToString();
    }

    static void AppendClient(StringBuilder page, DialectName client, string name)
    {
        page.Append($"## Clients of {name}\n\n");
        AppendHead(page);
        foreach (var one in MatrixCases.All)
        {
            page.Append("| ").Append(one.Name);
            foreach (var (wire, _) in s_names)
                page.Append(" | ").Append(Cell(MatrixRun.Run(one, client, wire, isStream: false), MatrixRun.Run(one, client, wire, isStream: true)));
            page.Append(" |\n");
        }
        page.Append('\n');
    }

    static void AppendHead(StringBuilder page) =>
        page.Append($"| | {string.Join(" | ", s_names.Select(static one => one.Name))} |\n|---|{string.Concat(s_names.Select(static _ => "---|"))}\n");

    static string Cell(MatrixCell whole, MatrixCell streamed)
    {
        var (first, second) = (Mark(whole), Mark(streamed));
        return first == second ? first : $"{first} / {second}";
    }

    static string Mark(MatrixCell cell) => cell.Outcome switch
    {
        MatrixOutcome.Passes => "=",
        MatrixOutcome.Carried => "●",
        MatrixOutcome.CarriedOtherwise => "◐",
        MatrixOutcome.Unsayable => "–",
        _ => "○ " + string.Join(' ', cell.Lost.Split(", ").Select(static name => $"`{name}`")),
    };

    static void AppendNames(StringBuilder page)
    {
        page.Append("## What each dialect calls it\n\nThe fields of a request that a plain one does not have.\n\n");
        AppendHead(page);
        foreach (var one in MatrixCases.All)
        {
            var names = s_names.Select(wire => MatrixRun.NamesOf(one, MatrixCases.All[0], wire.Dialect)).ToList();
            if (names.TrueForAll(static name => name.Length == 0)) continue;
            page.Append($"| {one.Name} | {string.Join(" | ", names)} |\n");
        }
    }
}
