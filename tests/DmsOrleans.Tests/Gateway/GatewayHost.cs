using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using DmsOrleans.Gateway;
using DmsOrleans.Gateway.Aws.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DmsOrleans.Tests.Gateway;

/// <summary>The gateway on a real Kestrel, before grains in memory.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private GatewayHost(WebApplication app, FakeCluster cluster, Records log)
    {
        this.app = app;
        Cluster = cluster;
        Log = log;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeCluster Cluster { get; }

    public HttpClient Http { get; }

    public Records Log { get; }

    public static async Task<GatewayHost> StartAsync(Action<GatewayOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var cluster = new FakeCluster();
        var log = new Records();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(cluster.Grains).AddGateway();
        builder.Services.Configure<GatewayOptions>(options => configure?.Invoke(options));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new GatewayHost(app, cluster, log);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }

    public Task<AwsAnswer> CallAsync(string operation, string json, string? credential = null) =>
        SendAsync($"AmazonDMSv20160101.{operation}", Encoding.UTF8.GetBytes(json), credential);

    /// <summary>A call that must succeed and answer only what the model knows, in the model's types.</summary>
    public async Task<JsonElement> SucceedAsync(string operation, string json, string? credential = null)
    {
        var answer = await CallAsync(operation, json, credential);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{operation} answered {answer.Status}: {answer.Json}");
        ModelConformance.Check(AwsModel.Instance.Operations[operation].Output, answer.Json, operation);
        return answer.Json;
    }

    /// <summary>A call that must be refused with the given code.</summary>
    public async Task<string> FailAsync(string code, string operation, string json, string? credential = null)
    {
        var answer = await CallAsync(operation, json, credential);
        Assert.Equal((code, HttpStatusCode.BadRequest), (answer.Code, answer.Status));
        return answer.Message;
    }

    public async Task<AwsAnswer> SendAsync(string? target, byte[] body, string? credential = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");
        if (target is not null)
        {
            request.Headers.TryAddWithoutValidation("x-amz-target", target);
        }

        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00");
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await AwsAnswer.OfAsync(response);
    }
}

/// <summary>An answer of the AWS face; reading one checks what all answers have in common.</summary>
internal sealed record AwsAnswer(HttpStatusCode Status, string RequestId, JsonElement Json)
{
    public string Code => Json.GetProperty("__type").GetString()!;

    public string Message => Json.GetProperty("message").GetString()!;

    public static async Task<AwsAnswer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var id = Assert.Single(response.Headers.GetValues("x-amzn-RequestId"));
        Assert.True(Guid.TryParse(id, out _), id);
        Assert.Equal("application/x-amz-json-1.1", response.Content.Headers.ContentType?.ToString());
        var json = JsonDocument.Parse(text).RootElement;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            Assert.Equal(json.GetProperty("__type").GetString(), Assert.Single(response.Headers.GetValues("x-amzn-ErrorType")));
            Assert.NotEqual("", json.GetProperty("message").GetString());
        }

        return new AwsAnswer(response.StatusCode, id, json);
    }
}

/// <summary>What was logged.</summary>
internal sealed class Records : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception) + exception));

    public void Dispose()
    {
    }
}
