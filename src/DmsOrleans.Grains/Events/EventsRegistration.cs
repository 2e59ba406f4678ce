using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DmsOrleans.Events;

/// <summary>Registers what events need.</summary>
internal static class EventsRegistration
{
    /// <summary>Subscriptions and their delivery.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddOptions<EventOptions>().BindConfiguration(EventOptions.Section).Configure<IConfiguration>((options, configuration) => options.ReadTopics(configuration)).ValidateDataAnnotations()
            .Validate(o => o.HasUsableTopics(), $"{EventOptions.Section}:Topics:<SNS topic ARN> must be an absolute http or https URL.")
            .Validate(o => o.HasUsableTimes(), $"{EventOptions.Section}: PollInterval, AttemptTimeout and MaxRetryDelay must be more than 0 and at most a day, FirstRetryDelay at most MaxRetryDelay, GiveUpAfter at most 30 days.")
            .ValidateOnStart();
        services.AddHttpClient(EventSender.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)   // each attempt has its own
            .RemoveAllLoggers()
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<EventSubscriptionRules>().AddSingleton<EventSender>();
        return services.AddHostedService<EventDelivery>();
    }
}
