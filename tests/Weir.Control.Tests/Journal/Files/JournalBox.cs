using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Weir.Telemetry;

namespace Weir.Control.Tests;

/// <summary>A folder for a journal of a test, and what the journal says to its log.</summary>
sealed class JournalBox : IDisposable, ILogger
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-journal");

    public JournalBox() => Settings = new FileJournalSettings { Folder = Path.Combine(_folder.FullName, "journal") };

    public FileJournalSettings Settings { get; set; }

    public ConcurrentQueue<string> LogLines { get; } = [];

    public MetricRegistry Metrics { get; } = new();

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string Folder => Settings.Folder;

    public IReadOnlyList<string> Segments => [.. JournalFolder.Segments(Folder).Select(static segment => segment.Path)];

    public FileJournal Open(Func<string, FileMode, ISegmentFile>? segments = null) => FileJournal.Open(Settings, Metrics, Time, this, segments);

    /// <summary>A journal with these many records, closed.</summary>
    public async Task<List<JournalRecord>> FillAsync(int count, Func<int, string>? text = null)
    {
        await using var journal = Open();
        return await journal.AppendAsync(count, text);
    }

    public FolderReader Reader() => new(Folder, Settings.Keys);

    public void Dispose() => _folder.Delete(recursive: true);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        LogLines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
