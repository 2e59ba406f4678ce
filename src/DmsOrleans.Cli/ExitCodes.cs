namespace DmsOrleans.Cli;

/// <summary>What the process answers to its caller. The numbers a script may rely on; those above 128 follow the aws CLI and the shell.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The operation was carried out and failed: a refused verdict, a port that is taken, a replication that failed while waited for.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the environment is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM.</summary>
    public const int Terminated = 143;

    /// <summary>The service refused.</summary>
    public const int ServiceError = 254;

    /// <summary>No service was reached, or what answered is not one.</summary>
    public const int CannotConnect = 255;
}

/// <summary>An expected end of a command: a line for the user and an exit code. Never shown with a stack trace.</summary>
internal abstract class ConsoleException(string message, int exitCode, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}

/// <summary>The command line, a file it names, or an environment variable is wrong.</summary>
internal sealed class UsageException(string message) : ConsoleException(message, ExitCodes.Usage);

/// <summary>The operation failed here, not at the service.</summary>
internal sealed class OperationFailedException(string message, Exception? cause = null) : ConsoleException(message, ExitCodes.Failed, cause);

/// <summary>No connection, a lost one, or an answer that no DMS service gives. Whether the request was carried out is unknown.</summary>
internal sealed class ConnectionException(string message, Exception? cause = null) : ConsoleException(message, ExitCodes.CannotConnect, cause);

/// <summary>The service answered with an error.</summary>
internal sealed class ServiceException(string code, string message, string operation, int status, string? resourceArn = null)
    : ConsoleException($"An error occurred ({code}) when calling the {operation} operation: {message}", ExitCodes.ServiceError)
{
    /// <summary>The fault's name, for example <c>InvalidResourceStateFault</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The service's own words.</summary>
    public string ServiceMessage { get; } = message;

    /// <summary>The resource that is already there, when the service names it.</summary>
    public string? ResourceArn { get; } = resourceArn;

    /// <summary>Whether the same request may succeed later: throttled, or the store was away. The request may have been carried out.</summary>
    public bool Retriable { get; } = status is 429 or >= 500 || code is "ThrottlingException";
}
