using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DmsOrleans.Cli.Output;

namespace DmsOrleans.Cli.Commands;

/// <summary>Options and arguments that several commands take, and how their values are read.</summary>
internal static class Parameters
{
    /// <summary>One replication, by identifier or ARN.</summary>
    public static Argument<string> Replication(CommandHost host) => WithNames(
        new Argument<string>("replication") { Description = "Identifier or ARN" }, host);

    /// <summary>One or more replications, by identifier or ARN.</summary>
    public static Argument<string[]> Replications(CommandHost host) => WithNames(
        new Argument<string[]>("replication") { Description = "Identifiers or ARNs", Arity = ArgumentArity.OneOrMore }, host);

    /// <summary>Makes an argument complete with the identifiers that are known.</summary>
    public static T WithNames<T>(T argument, CommandHost host)
        where T : Argument
    {
        argument.CompletionSources.Add(context =>
            host.Names.Known.Where(n => n.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(n => new System.CommandLine.Completions.CompletionItem(n)));
        return argument;
    }

    /// <summary>A required option.</summary>
    public static Option<string> Required(string name, string helpName, string description) =>
        new(name) { Required = true, HelpName = helpName, Description = description };

    /// <summary>An option that may be left out.</summary>
    public static Option<string?> Optional(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description };

    /// <summary>Lets an option take only certain words, which are also its completions.</summary>
    public static Option<T> OneOf<T>(Option<T> option, params string[] words)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            foreach (var wrong in result.Tokens.Select(t => t.Value).Where(v => !words.Contains(v)))
            {
                result.AddError($"{option.Name} is '{wrong}'; it must be one of {string.Join(", ", words)}.");
            }
        });
        return option;
    }

    /// <summary>A whole number within a range.</summary>
    public static Option<int> Number(string name, int byDefault, int least, int most, string description) => new(name)
    {
        HelpName = "n",
        Description = description,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => ParseNumber(result, name, least, most) ?? byDefault,
    };

    /// <summary>A whole number within a range, or none.</summary>
    public static Option<int?> OptionalNumber(string name, string helpName, int least, int most, string description) => new(name)
    {
        HelpName = helpName,
        Description = description,
        CustomParser = result => ParseNumber(result, name, least, most),
    };

    /// <summary>A span of real time such as <c>500ms</c>, <c>2s</c>, <c>5m</c>.</summary>
    public static Option<TimeSpan?> Span(string name, string description) => new(name)
    {
        HelpName = "time",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            var span = Words.ParseSpan(text);
            if (span is null)
            {
                result.AddError($"{name} is '{text}'; it must be a time longer than zero, for example 500ms, 2s, or 5m.");
            }

            return span;
        },
    };

    /// <summary>The time scale.</summary>
    public static Option<TimeScale> Scale(double byDefault) => new("--time-scale")
    {
        HelpName = "n|infinite",
        Description = "How much faster than AWS time runs: 1 is like AWS, 3600 makes an hour a second",
        DefaultValueFactory = _ => new TimeScale(byDefault),
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (!TimeScale.TryParse(text, out var scale))
            {
                result.AddError($"--time-scale is '{text}'; it must be a number greater than 0, or 'infinite'.");
            }

            return scale;
        },
    };

    /// <summary>JSON given in place or as <c>file://path</c>; null when the option was left out.</summary>
    /// <exception cref="UsageException">The file cannot be read, or the text is not JSON.</exception>
    public static string? ReadJson(ParseResult parse, Option<string?> option)
    {
        if (ReadText(parse, option) is not { } text)
        {
            return null;
        }

        try
        {
            JsonNode.Parse(text);
            return text;
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"{option.Name} is not JSON: {malformed.Message}");
        }
    }

    /// <summary>Text given in place or as <c>file://path</c>; null when the option was left out.</summary>
    /// <exception cref="UsageException">The file cannot be read.</exception>
    public static string? ReadText(ParseResult parse, Option<string?> option)
    {
        const string FileScheme = "file://";
        var text = parse.GetValue(option);
        if (text is null || !text.StartsWith(FileScheme, StringComparison.Ordinal))
        {
            return text;
        }

        try
        {
            return File.ReadAllText(text[FileScheme.Length..]);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option.Name}: {unreadable.Message}");
        }
    }

    private static int? ParseNumber(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens.Single().Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError($"{name} is '{text}'; it must be a whole number, {(most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")}.");
        return null;
    }
}
