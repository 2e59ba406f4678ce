using DmsOrleans.Engines;
using DmsOrleans.Replications;
using DmsOrleans.Storage;
using Orleans.Concurrency;

namespace DmsOrleans.Assessments;

/// <summary>Answers from the store and the engine; nothing is activated.</summary>
[StatelessWorker, Reentrant, GrainType("assessment-directory")]
internal sealed class AssessmentDirectory(IStateStore store, IReplicationEngine engine, AssessmentRuns runs) : Grain, IAssessmentDirectory
{
    private const int Page = 1_000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> Applicable(ApplicableAssessmentsQuery query)
    {
        if (query.ConfigArn is not { } arn)
        {
            return engine.ApplicableAssessments(query.SourceEngine ?? "", query.TargetEngine ?? "", query.Type);
        }

        var page = await store.ListAsync<ReplicationState>(new() { Kind = ReplicationState.Kind, Keys = [arn], Limit = 1 }, CancellationToken.None);
        return page.Items is [var found] ? await runs.ApplicableAsync(found.State.Spec!) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AssessmentRunView>> List(AssessmentQuery query)
    {
        var found = new List<AssessmentRunView>();
        var question = new StateQuery { Kind = ReplicationState.Kind, Scope = query.Scope.ToString(), Keys = KeysOf(query), Limit = Page };
        while (true)
        {
            var page = await store.ListAsync<ReplicationState>(question, CancellationToken.None);
            found.AddRange(page.Items.SelectMany(i => AssessmentRuns.ViewsOf(i.Key, i.State) ?? []).Where(run => query.RunArns?.Contains(run.Arn) != false));
            if (page.Next is null)
            {
                return found;
            }

            question = question with { Cursor = page.Next };
        }
    }

    // A run's ARN names its config.
    private static IReadOnlyList<string>? KeysOf(AssessmentQuery query)
    {
        var named = query.RunArns?.Select(arn => AssessmentArns.TryConfigOf(arn, out var config) ? config : "").Where(config => config.Length > 0).Distinct().ToList();
        return named is null ? query.ConfigArns : query.ConfigArns is { } configs ? [.. named.Intersect(configs)] : named;
    }
}
