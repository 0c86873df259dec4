using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Weir.Server;

/// <summary>The gateway's own log: one line an event on standard error. Traffic has its own log.</summary>
sealed class StandardErrorLog : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(categoryName);

    public void Dispose() { }

    sealed class Category(string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var level = logLevel switch { LogLevel.Information => "info", LogLevel.Warning => "warn", LogLevel.Error => "error", _ => "crit" };
            var stack = exception is null ? "" : "\n" + exception;
            Console.Error.WriteLine($"{time} {level,-5} {name[(name.LastIndexOf('.') + 1)..]}: {formatter(state, exception)}{stack}");
        }
    }
}
