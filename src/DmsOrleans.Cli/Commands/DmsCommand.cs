using System.CommandLine;

namespace DmsOrleans.Cli.Commands;

/// <summary>The root command: the table of contents of the console.</summary>
internal static class DmsCommand
{
    /// <summary>Builds the whole tree.</summary>
    public static RootCommand Create(CommandHost host, ConsoleProgram program)
    {
        var root = new RootCommand("AWS DMS Serverless, on Microsoft Orleans: runs a node, drives replications, loads and judges.")
        {
            host.EndpointUrl,
            host.Region,
            host.Output,
            host.NoColor,
            UpCommand.Create(host),
            EndpointCommand.Create(host),
            CreateCommand.Create(host),
            StartCommand.Create(host),
            StopCommand.Create(host),
            DeleteCommand.Create(host),
            ListCommand.Create(host),
            DescribeCommand.Create(host),
            TablesCommand.Create(host),
            HistoryCommand.Create(host),
            WatchCommand.Create(host),
            LoadCommand.Create(host),
            ShellCommand.Create(host, program),
        };
        return root;
    }
}
