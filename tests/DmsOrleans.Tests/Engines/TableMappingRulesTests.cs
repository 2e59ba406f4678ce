using System.Diagnostics;
using System.Text.Json;
using CsCheck;
using DmsOrleans.Engines.TableMappings;
using DmsOrleans.Replications;

namespace DmsOrleans.Tests.Engines;

public sealed class TableMappingRulesTests
{
    private const string Locator = """ "object-locator":{"schema-name":"s","table-name":"t"} """;

    [Fact]
    public void A_table_is_selected_when_some_rule_includes_it_and_none_excludes_it()
    {
        var rules = Accept(
            """{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"sales","table-name":"%"},"rule-action":"include","load-order":"3"}""",
            """{"rule-type":"selection","rule-id":2,"rule-name":"2","object-locator":{"schema-name":"%","table-name":"tmp%"},"rule-action":"exclude"}""",
            """{"rule-type":"selection","rule-id":"3","rule-name":"3","object-locator":{"schema-name":"hr","table-name":"my_staff"},"rule-action":"explicit"}""",
            """{"rule-type":"selection","rule-id":"4","rule-name":"4","object-locator":{"schema-name":"sales","table-name":"orders"},"rule-action":"include","load-order":7}""",
            """{"rule-type":"selection","rule-id":"5","rule-name":"5","object-locator":{"schema-name":"views","table-name":"%","table-type":"view"},"rule-action":"include"}""");
        Assert.Equal(
            [true, false, true, false, false, false],
            new[] { "sales.orders", "sales.tmp_1", "hr.my_staff", "hr.myXstaff", "views.v", "Sales.orders" }.Select(name => rules.Selects(Name(name))));
        Assert.Equal([7, 3, 0, null], new[] { "sales.orders", "sales.items", "hr.my_staff", "hr.none" }.Select(name => rules.LoadOrderOf(Name(name))));
    }

    [Fact]
    public void Without_rules_nothing_is_selected() => Assert.False(Accept().Selects(Name("a.b")));

    [Theory]
    [InlineData("""{"rule-type":"selection","object-locator":{"schema-name":"s","table-name":"t"},"rule-action":"include","filters":[{"filter-type":"source","column-name":"id","filter-conditions":[{"filter-operator":"between","start-value":"1","end-value":"9"},{"filter-operator":"notnull"}]}]}""")]
    [InlineData("""{"rule-type":"selection","object-locator":{"schema-name":"s","table-name":"t"},"rule-action":"include","filters":[{"filter-type":"source","column-name":"id","filter-conditions":[{"filter-operator":"ste","value":7}]},{"filter-type":"source","column-name":"b","filter-conditions":[{"filter-operator":"null"}]}]}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"schema","object-locator":{"schema-name":"s","table-name":null},"rule-action":"rename","value":"t","old-value":null}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"column","object-locator":{"schema-name":"%","table-name":"%","column-name":"%"},"rule-action":"convert-lowercase"}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"column","object-locator":{"schema-name":"s","table-name":"t"},"rule-action":"add-column","value":"n","expression":"$A || 'b'","data-type":{"type":"string","length":50}}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"column","object-locator":{"schema-name":"s","table-name":"t","column-name":"c","data-type":"int4"},"rule-action":"change-data-type","data-type":{"type":"numeric","precision":"20","scale":"3"}}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"table","object-locator":{"schema-name":"s","table-name":"t"},"rule-action":"define-primary-key","primary-key-def":{"name":"pk","origin":"unique-index","columns":["a","b"]}}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"column","object-locator":{"schema-name":"%","table-name":"t"},"rule-action":"add-before-image-columns","before-image-def":{"column-suffix":"_old","column-filter":"pk-only"}}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"column","object-locator":{"schema-name":"s","table-name":"t","column-name":"c"},"rule-action":"data-masking-digits-mask","value":"#"}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"table","object-locator":{"schema-name":"s","table-name":"%"},"rule-action":"rename","expression":"'x_' || $TABLE_NAME_VAR"}""")]
    [InlineData("""{"rule-type":"transformation","rule-target":"table-tablespace","object-locator":{"schema-name":"s","table-name":"t","table-tablespace-name":"SCENE"},"rule-action":"rename","value":"NEW"}""")]
    [InlineData("""{"rule-type":"table-settings","object-locator":{"schema-name":"s","table-name":"my_table"},"parallel-load":{"type":"ranges","columns":["id","at"],"boundaries":[["100","2020"],[200,"2021"]]},"lob-settings":{"mode":"limited","bulk-max-size":"16"}}""")]
    [InlineData("""{"rule-type":"table-settings","object-locator":{"schema-name":"s","table-name":"t"},"parallel-load":{"type":"partitions-list","partitions":["p1","p2"]}}""")]
    [InlineData("""{"rule-type":"table-settings","object-locator":{"schema-name":"s","table-name":"t"},"parallel-load":{"type":"partitions-auto","number-of-partitions":16,"collection-count-from-metadata":"true","max-records-skip-per-page":1000000,"batch-size":5000}}""")]
    [InlineData("""{"rule-type":"object-mapping","rule-action":"map-record-to-record","object-locator":{"schema-name":"s","table-name":"%"},"target-table-name":"t","mapping-parameters":{"partition-key-type":"attribute-name","partition-key-name":"p","exclude-columns":["a"],"attribute-mappings":[{"target-attribute-name":"b","attribute-type":"scalar","attribute-sub-type":"string","value":"${b}"}]}}""")]
    [InlineData("""{"rule-type":"validation","rule-target":"column","rule-action":"override-validation-function","object-locator":{"schema-name":"s","table-name":"t","column-name":"c"},"source-function":"hash(${column-name})","target-function":"hash(${column-name})"}""")]
    [InlineData("""{"rule-type":"post-processing","rule-action":"add-tag","object-locator":{"schema-name":"s","table-name":"%"},"tag-set":[{"key":"k","value":"v"}]}""")]
    public void Every_kind_of_rule_is_accepted(string rule) => Accept(rule.Replace("{\"rule-type\"", "{\"rule-id\":\"1\",\"rule-name\":\"n\",\"rule-type\"", StringComparison.Ordinal));

    [Fact]
    public void Transformations_name_the_tables_of_the_target_and_the_lowest_rule_wins()
    {
        var rules = Accept(
            Transformation(10, "schema", "sales", null, "rename", "crm"),
            Transformation(9, "schema", "s%", null, "convert-uppercase"),
            Transformation(3, "table", "%", "tmp[_]%", "remove-prefix", "tmp_"),
            Transformation(4, "table", "%", "%", "add-suffix", "_v1"),
            Transformation(5, "table", "hr", "x%", "replace-prefix", "y", "x"));
        Assert.Equal(
            ["SALES.orders_v1", "SALES.orders", "hr.staff_v1"],
            new[] { "sales.orders", "sales.tmp_orders", "hr.staff" }.Select(name => rules.TargetOf(Name(name)).ToString()));
    }

    [Fact]
    public void What_an_expression_names_is_not_known_here() => Assert.Null(Accept(
        """{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","object-locator":{"schema-name":"%","table-name":"%"},"rule-action":"rename","expression":"lower($TABLE_NAME_VAR)"}""")
        .TargetOf(Name("a.b")));

    [Fact]
    public void Two_tables_that_would_be_one_at_the_target_are_refused()
    {
        var fault = Assert.Single(Refuse(Selection(1, "a", "t"), Selection(2, "b", "t"), Selection(3, "%", "%"), Transformation(7, "schema", "%", null, "rename", "one")));
        Assert.Equal("Error in mapping rules. Rule with ruleId = 7 failed validation. The tables a.t and b.t cannot both go to the table one.t of the target.", fault);
        Accept(Selection(1, "a", "t"), Selection(2, "b", "t"), Selection(3, "b", "t", "exclude"), Transformation(7, "schema", "%", null, "rename", "one"));
        Accept(Selection(1, "a", "t"), Selection(2, "b", "t"), Transformation(7, "schema", "b", null, "rename", "one"));
    }

    [Fact]
    public void Conflicts_among_tables_read_from_the_source_are_found_too()
    {
        var rules = Accept(Selection(1, "%", "%"), Transformation(2, "table", "%", "%", "convert-lowercase"));
        Assert.Empty(rules.ConflictsAmong([Name("a.T"), Name("b.t"), Name("a.T")]));
        Assert.Equal("2", Assert.Single(rules.ConflictsAmong([Name("a.T"), Name("a.x"), Name("a.t")])).RuleId);
    }

    [Fact]
    public void Mappings_made_to_be_slow_are_read_in_time()
    {
        var slow = string.Concat(Enumerable.Repeat("%a", 120)) + "%b";
        var rules = Enumerable.Range(1, 400).Select(i => Selection(i, "s", $"{new string('a', 240)}{i}"))
            .Concat(Enumerable.Range(401, 400).Select(i => Transformation(i, "table", "%", slow, "add-prefix", $"{i}")));
        var watch = Stopwatch.StartNew();
        Accept([.. rules]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData("""{"rule-type":"selektion","rule-id":"1","rule-name":"1"}""", "rule-type is 'selektion'; it must be one of selection,")]
    [InlineData("""{"rule-type":"selection","rule-id":"x","rule-name":"1","rule-action":"include", LOCATOR}""", "rule-id is required and must be a number")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-action":"include", LOCATOR}""", "rule-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"keep", LOCATOR}""", "rule-action is 'keep'")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include"}""", "object-locator with schema-name and table-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","object-locator":{"schema-name":"s"}}""", "object-locator.table-name is required.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","object-locator":{"schema-name":"s[","table-name":"t"}}""", "object-locator.schema-name: The set")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"explicit","object-locator":{"schema-name":"s","table-name":"%"}}""", "without wildcards")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","load-order":0, LOCATOR}""", "load-order must be a whole number from 1 to 2147483647.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"exclude","filters":[{}], LOCATOR}""", "filters may only be used with the action include")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","filters":[{"filter-type":"source","column-name":"c","filter-conditions":[{"filter-operator":"gte"}]}], LOCATOR}""", "filters[0].filter-conditions[0].value is required with the operator gte.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"explode", LOCATOR}""", "rule-action is 'explode'")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"remove-column", LOCATOR}""", "applies to the rule-target column only")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"replace-prefix","value":"a", LOCATOR}""", "old-value is required with the rule-action replace-prefix.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"s","table-name":"%"},"lob-settings":{"mode":"none"}}""", "Exact schema and table name required when using table settings rule.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","lob-settings":{"mode":"limited"}, LOCATOR}""", "lob-settings.bulk-max-size must be more than 0")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","parallel-load":{"type":"ranges"}, LOCATOR}""", "parallel-load.columns must name 1 to 10 columns; it names 0.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","filters":[{"filter-type":"source","column-name":"c","filter-conditions":[{"filter-operator":"noteq","value":1},{"filter-operator":"notnull"}]}], LOCATOR}""", "filters[0] has 2 conditions with a negative operator; at most one is allowed.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","filters":[{"filter-type":"source","column-name":"c","filter-conditions":[{"filter-operator":"between","start-value":"1","end-value":[]}]}], LOCATOR}""", "filters[0].filter-conditions[0].end-value must be a string or a number.")]
    [InlineData("""{"rule-type":"selection","rule-id":"1","rule-name":"1","rule-action":"include","filters":[{"filter-type":"source","column-name":"c","filter-conditions":[{"filter-operator":"like","value":"1"}]}], LOCATOR}""", "filters[0].filter-conditions[0].filter-operator is 'like'")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"schema","rule-action":"rename","value":"x"}""", "object-locator with schema-name is required.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"rename", LOCATOR}""", "value or expression is required with the rule-action rename.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"rename","value":"x", LOCATOR}""", "object-locator.column-name is required.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"rename","value":7, LOCATOR}""", "value must be a string, not a number.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"add-column","value":"n","data-type":{"type":"varchar"}, LOCATOR}""", "expression is required with the rule-action add-column.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"add-column","value":"n","expression":"1","data-type":{"type":"varchar"}, LOCATOR}""", "data-type.type is 'varchar'")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"add-column","value":"n","expression":"1","data-type":{"type":"string","length":"long"}, LOCATOR}""", "data-type.length must be a whole number.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"define-primary-key","primary-key-def":{"name":"k","columns":[]}, LOCATOR}""", "primary-key-def.columns must name at least one column.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"table","rule-action":"define-primary-key","primary-key-def":{"name":"k","columns":["a"]},"object-locator":{"schema-name":"s","table-name":"%"}}""", "needs an object-locator without wildcards.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"define-primary-key","primary-key-def":{"name":"k","columns":["a"]}, LOCATOR}""", "rule-action define-primary-key applies to the rule-target table only.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"add-before-image-columns","before-image-def":{"column-prefix":""}, LOCATOR}""", "before-image columns need names of their own.")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"add-before-image-columns","before-image-def":{"column-filter":"some"}, LOCATOR}""", "before-image-def.column-filter is 'some'")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"data-masking-digits-mask","value":"##","object-locator":{"schema-name":"s","table-name":"t","column-name":"c"}}""", "value must be one printable ASCII character")]
    [InlineData("""{"rule-type":"transformation","rule-id":"1","rule-name":"1","rule-target":"index-tablespace","rule-action":"rename","value":"x", LOCATOR}""", "object-locator.index-tablespace-name is required.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1", LOCATOR}""", "parallel-load or lob-settings is required.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","parallel-load":{"type":"ranges","columns":["a","b"],"boundaries":[["1","2"],["3"]]}, LOCATOR}""", "parallel-load.boundaries[1] must be an array with a value for each of the 2 columns.")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","parallel-load":{"type":"partitions-list"}, LOCATOR}""", "parallel-load.partitions or parallel-load.subpartitions is required")]
    [InlineData("""{"rule-type":"table-settings","rule-id":"1","rule-name":"1","parallel-load":{"type":"partitions-auto","number-of-partitions":0}, LOCATOR}""", "parallel-load.number-of-partitions must be a whole number greater than 0.")]
    [InlineData("""{"rule-type":"object-mapping","rule-id":"1","rule-name":"1","rule-action":"map", LOCATOR}""", "rule-action is 'map'")]
    [InlineData("""{"rule-type":"object-mapping","rule-id":"1","rule-name":"1","rule-action":"map-record-to-record","object-locator":{}}""", "object-locator.schema-name is required.")]
    [InlineData("""{"rule-type":"object-mapping","rule-id":"1","rule-name":"1","rule-action":"map-record-to-record","mapping-parameters":{"attribute-mappings":[{"value":"1"}]}, LOCATOR}""", "mapping-parameters.attribute-mappings[0].target-attribute-name is required.")]
    [InlineData("""{"rule-type":"validation","rule-id":"1","rule-name":"1","rule-target":"column","rule-action":"override-validation-function","object-locator":{"schema-name":"s","table-name":"t","column-name":"c"}}""", "source-function or target-function is required")]
    [InlineData("""{"rule-type":"post-processing","rule-id":"1","rule-name":"1","rule-action":"add-tag", LOCATOR}""", "tag-set must hold at least one tag")]
    [InlineData("17", "rules[0] must be an object, not a number.")]
    public void A_wrong_rule_is_refused_and_the_member_named(string rule, string expected)
    {
        var fault = Assert.Single(Refuse(rule.Replace("LOCATOR", Locator, StringComparison.Ordinal)), f => f.Contains(expected, StringComparison.Ordinal));
        Assert.StartsWith("Error in mapping rules. Rule with ruleId = ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_every_rule_is_answered_at_once()
    {
        var faults = Refuse(
            """{"rule-type":"selection","rule-id":"1","rule-name":"a","rule-action":"keep"}""",
            """{"rule-type":"transformation","rule-id":"1","rule-name":"a","rule-target":"moon","rule-action":"rename","object-locator":{}}""");
        Assert.Equal(7, faults.Count);
        Assert.Contains("Error in mapping rules. Rule with ruleId = 1 failed validation. rule-id '1' is used by more than one rule.", faults);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"rules":{}}""")]
    [InlineData("""{"rules":[],"rules":[]}""")]
    [InlineData("""{"rules":[{"rule-name":"\ud800"}]}""")]
    public void What_is_no_table_mapping_is_refused_without_an_exception(string? json) => Assert.NotEmpty(TableMappingRules.Parse(json).Faults);

    [Fact]
    public void Depth_and_number_of_rules_are_bounded()
    {
        Assert.NotEmpty(TableMappingRules.Parse(new string('[', 100_000)).Faults);
        Assert.Contains("at most 1000", Refuse([.. Enumerable.Repeat("{}", 1_001)])[0], StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        const string Sound = """{"rules":[{"rule-type":"selection","rule-id":"1","rule-name":"1","object-locator":{"schema-name":"a[b]","table-name":"%"},"rule-action":"include","filters":[]}]}""";
        Gen.Select(Gen.Int[0, Sound.Length - 1], Gen.Char).Sample(
            (at, c) => _ = TableMappingRules.Parse(Sound[..at] + c + Sound[(at + 1)..]), iter: 5_000);
        Gen.String.Sample(text => Assert.NotEmpty(TableMappingRules.Parse(text).Faults));
    }

    private static string Selection(int id, string schema, string table, string action = "include") =>
        $$"""{"rule-type":"selection","rule-id":"{{id}}","rule-name":"{{id}}","object-locator":{"schema-name":"{{schema}}","table-name":"{{table}}"},"rule-action":"{{action}}"}""";

    private static string Transformation(int id, string target, string schema, string? table, string action, string? value = null, string? oldValue = null) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["rule-type"] = "transformation",
        ["rule-id"] = id,
        ["rule-name"] = $"n{id}",
        ["rule-target"] = target,
        ["object-locator"] = new Dictionary<string, string?> { ["schema-name"] = schema, ["table-name"] = table },
        ["rule-action"] = action,
        ["value"] = value,
        ["old-value"] = oldValue,
    });

    private static TableName Name(string name) => new(name.Split('.')[0], name.Split('.')[1]);

    private static TableMappingRules Accept(params string[] rules)
    {
        var parsed = TableMappingRules.Parse($$"""{"rules":[{{string.Join(',', rules)}}]}""");
        Assert.Empty(parsed.Faults);
        return parsed.Value!;
    }

    private static IReadOnlyList<string> Refuse(params string[] rules)
    {
        var parsed = TableMappingRules.Parse($$"""{"rules":[{{string.Join(',', rules)}}]}""");
        Assert.Null(parsed.Value);
        return parsed.Faults;
    }
}
