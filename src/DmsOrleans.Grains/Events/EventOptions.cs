using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace DmsOrleans.Events;

/// <summary>
/// How events are delivered. Section <c>DmsOrleans:Events</c>. Topics that no URL is configured for are accepted and nothing is sent to them.
/// <c>Topics:{SNS topic ARN}</c> is the URL that stands for a topic, <c>Secrets:{SNS topic ARN}</c> the key its deliveries are signed with; what follows
/// <c>whsec_</c> is read as Base64.
/// </summary>
public sealed class EventOptions
{
    /// <summary>Where these options are configured.</summary>
    public const string Section = "DmsOrleans:Events";

    /// <summary>How often the histories are looked through for new events. Nothing is looked for while no topic is configured. Lowering it costs a read for each subscription.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a receiver may take to answer before the attempt counts as failed.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause after a first failure; it doubles with each further one.</summary>
    public TimeSpan FirstRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>An event older than this is tried once more and then given up, so that one that is never taken does not hold up all others. EventBridge: 24 hours.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Where the topics lead, by ARN.</summary>
    internal IReadOnlyDictionary<string, EventTopic> Topics { get; private set; } = new Dictionary<string, EventTopic>();

    /// <summary>Reads the topics. An ARN has colons, which configuration takes for levels, so the binder cannot.</summary>
    internal void ReadTopics(IConfiguration configuration)
    {
        var secrets = Flat(configuration, "Secrets");
        Topics = Flat(configuration, "Topics").ToDictionary(t => t.Key, t => new EventTopic(t.Value, secrets.GetValueOrDefault(t.Key)), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether every topic's URL is one that can be posted to.</summary>
    internal bool HasUsableTopics() => Topics.Values.All(t => t.IsUsable);

    /// <summary>Whether every duration is one that can be waited for.</summary>
    internal bool HasUsableTimes() =>
        PollInterval > TimeSpan.Zero && AttemptTimeout > TimeSpan.Zero && FirstRetryDelay >= TimeSpan.Zero && MaxRetryDelay >= FirstRetryDelay && GiveUpAfter >= TimeSpan.Zero
        && new[] { PollInterval, AttemptTimeout, MaxRetryDelay }.Max() <= TimeSpan.FromDays(1) && GiveUpAfter <= TimeSpan.FromDays(30);

    private static Dictionary<string, string> Flat(IConfiguration configuration, string name) =>
        configuration.GetSection($"{Section}:{name}").AsEnumerable(makePathsRelative: true).Where(p => !string.IsNullOrEmpty(p.Value))
            .ToDictionary(p => p.Key, p => p.Value!, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Where a topic leads.</summary>
/// <param name="Url">http or https.</param>
/// <param name="Secret">What deliveries are signed with; null for unsigned ones.</param>
internal sealed record EventTopic(string Url, string? Secret)
{
    /// <summary>Whether the URL is absolute and of http or https.</summary>
    public bool IsUsable => Uri.TryCreate(Url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>Never prints the secret.</summary>
    public override string ToString() => $"EventTopic {{ {Url} }}";
}
