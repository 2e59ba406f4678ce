using System.CommandLine;
using DmsOrleans.Cli.Api;
using DmsOrleans.Cli.Node;
using DmsOrleans.Cli.Output;
using Spectre.Console;

namespace DmsOrleans.Cli.Commands;

/// <summary>What all commands share: the options that stand everywhere, and the way from a parsed line to a running command.</summary>
internal sealed class CommandHost(Terminal terminal, NodeStarter startNode)
{
    /// <summary>--endpoint-url.</summary>
    public Option<string?> EndpointUrl { get; } = CreateEndpointUrl();

    /// <summary>--region.</summary>
    public Option<string?> Region { get; } = new("--region")
    {
        Recursive = true,
        Description = "Region whose resources are seen [default: AWS_REGION, AWS_DEFAULT_REGION, us-east-1]",
    };

    /// <summary>--output.</summary>
    public Option<string?> Output { get; } = CreateOutput();

    /// <summary>--no-color.</summary>
    public Option<bool> NoColor { get; } = new("--no-color") { Recursive = true, Description = "No colours (also: NO_COLOR)" };

    /// <summary>Identifiers offered as completions; the shell fills them.</summary>
    public ReplicationNames Names { get; } = new();

    /// <summary>Starts a node inside this process.</summary>
    public NodeStarter StartNode { get; } = startNode;

    /// <summary>Where commands read and write.</summary>
    public Terminal Terminal { get; } = terminal;

    /// <summary>Makes an action of a command's body: opens what it needs, runs it, closes it.</summary>
    public Func<ParseResult, CancellationToken, Task<int>> Action(Func<Session, ParseResult, CancellationToken, Task<int>> body) =>
        async (parse, cancellationToken) =>
        {
            using var session = Open(parse);
            return await body(session, parse, cancellationToken);
        };

    /// <summary>What one command runs with.</summary>
    public Session Open(ParseResult parse)
    {
        var color = !parse.GetValue(NoColor) && string.IsNullOrEmpty(Terminal.Environment("NO_COLOR"));
        var output = parse.GetValue(Output) ?? Terminal.Environment("AWS_DEFAULT_OUTPUT");
        return new Session(Terminal, color, output == "json", () => Settings(parse));
    }

    /// <summary>Where the service is and who asks, from the line and the environment.</summary>
    public ClientSettings Settings(ParseResult parse) =>
        ClientSettings.From(parse.GetValue(EndpointUrl), parse.GetValue(Region), Terminal.Environment);

    private static Option<string?> CreateEndpointUrl()
    {
        var option = new Option<string?>("--endpoint-url")
        {
            Recursive = true,
            HelpName = "url",
            Description = "The service [default: AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE, AWS_ENDPOINT_URL, " + ClientSettings.DefaultEndpoint + "]",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url && ClientSettings.ParseEndpoint(url) is null)
            {
                result.AddError($"--endpoint-url is '{url}'; it must be an http or https address, for example {ClientSettings.DefaultEndpoint}.");
            }
        });
        return option;
    }

    private static Option<string?> CreateOutput()
    {
        var option = new Option<string?>("--output") { Recursive = true, HelpName = "json|table", Description = "How results are written [default: table]" };
        return Parameters.OneOf(option, "json", "table");
    }
}

/// <summary>What one command runs with.</summary>
internal sealed class Session(Terminal terminal, bool color, bool json, Func<ClientSettings> settings) : IDisposable
{
    private DmsClient? client;
    private IAnsiConsole? console;

    /// <summary>Where it reads and writes.</summary>
    public Terminal Terminal => terminal;

    /// <summary>Whether colours are wanted.</summary>
    public bool Color => color;

    /// <summary>Whether JSON was asked for.</summary>
    public bool Json => json;

    /// <summary>The service; opened when first asked for, so that commands without one need none.</summary>
    public DmsClient Client => client ??= new DmsClient(settings(), terminal.Time);

    /// <summary>The screen.</summary>
    public IAnsiConsole Console => console ??= terminal.CreateConsole(color);

    /// <summary>Results.</summary>
    public ResultWriter Results => new(terminal, Console, json);

    /// <inheritdoc/>
    public void Dispose() => client?.Dispose();
}

/// <summary>Names of replications known for completion.</summary>
internal sealed class ReplicationNames
{
    /// <summary>Identifiers, in the order they were created.</summary>
    public IReadOnlyList<string> Known { get; set; } = [];
}
