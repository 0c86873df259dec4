using Microsoft.Extensions.Logging;

namespace Weir.Gateway;

/// <summary>
/// The loggers that Kestrel gets. It quotes a line that it cannot read in its exceptions when its own logger takes informational events: ours always says
/// that it does. And what a hostile client can cause without end does not fill the node's log.
/// </summary>
sealed class KestrelLoggers(ILoggerFactory loggers, TimeProvider time) : ILoggerFactory
{
    const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) => categoryName switch
    {
        Kestrel => new Quoting(loggers.CreateLogger(categoryName)),
        Kestrel + ".Http2" => new Sparing(loggers.CreateLogger(categoryName), time),
        _ => loggers.CreateLogger(categoryName),
    };

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

    /// <summary>
    /// A connection whose streams are reset faster than they end is given up with a critical event for every stream: one in a while says it as well, as a
    /// warning, since a client's misbehaviour is no fault of the gateway.
    /// </summary>
    sealed class Sparing(ILogger logger, TimeProvider time) : ILogger
    {
        const string GivenUp = "Http2QueueOperationsExceeded";
        static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

        long _due;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == GivenUp)
            {
                var (due, now) = (Volatile.Read(ref _due), time.GetUtcNow().UtcTicks);
                if (now < due || Interlocked.CompareExchange(ref _due, now + Pause.Ticks, due) != due) return;
                (logLevel, exception) = (LogLevel.Warning, null);
            }
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
