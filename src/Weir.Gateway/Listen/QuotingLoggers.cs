using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// The loggers that Kestrel gets. It quotes a line that it cannot read in its exceptions when its own logger takes informational events; ours always says
/// that it does, and passes on only what the node's log wants.
/// </summary>
sealed class QuotingLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    const string KestrelCategory = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName)
    {
        var logger = loggers.CreateLogger(categoryName);
        return categoryName == KestrelCategory ? new Quoting(logger) : logger;
    }

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    /// <summary>The node's loggers are not Kestrel's to dispose.</summary>
    public void Dispose()
    {
    }

    sealed class Quoting(ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logger.IsEnabled(logLevel)) logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
