using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Hosting;

/// <summary>Keeps every line that a node logs.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> lines = new();

    public IReadOnlyCollection<LogLine> Lines => lines;

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

    public void Dispose()
    {
    }

    private sealed class Logger(string category, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new(category, logLevel, $"{formatter(state, exception)}{exception}"));
    }
}

/// <summary>One line, with the exception's text.</summary>
internal sealed record LogLine(string Category, LogLevel Level, string Text);
