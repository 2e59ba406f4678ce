namespace DmsOrleans.Cli.Shell;

/// <summary>A line being edited: its text, the cursor in it, and the keys that change them. Knows no screen.</summary>
internal sealed class EditedLine
{
    /// <summary>What is typed so far.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes, 0 to the length of the text.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces all of it, cursor at the end.</summary>
    public void Replace(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Inserts at the cursor.</summary>
    public void Insert(string text)
    {
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Carries out an editing key; false when it is none. The Emacs keys are those of readline.</summary>
    public bool Edit(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow when control: Cursor = WordBefore(); return true;
            case ConsoleKey.RightArrow when control: Cursor = WordAfter(); return true;
            case ConsoleKey.LeftArrow: case ConsoleKey.B when control: Cursor = Math.Max(0, Cursor - 1); return true;
            case ConsoleKey.RightArrow: case ConsoleKey.F when control: Cursor = Math.Min(Text.Length, Cursor + 1); return true;
            case ConsoleKey.Home: case ConsoleKey.A when control: Cursor = 0; return true;
            case ConsoleKey.End: case ConsoleKey.E when control: Cursor = Text.Length; return true;
            case ConsoleKey.Backspace: case ConsoleKey.H when control: Remove(Math.Max(0, Cursor - 1), Cursor); return true;
            case ConsoleKey.Delete: case ConsoleKey.D when control: Remove(Cursor, Math.Min(Text.Length, Cursor + 1)); return true;
            case ConsoleKey.W when control: Remove(WordBefore(), Cursor); return true;
            case ConsoleKey.U when control: Remove(0, Cursor); return true;
            case ConsoleKey.K when control: Remove(Cursor, Text.Length); return true;
        }

        if (control || char.IsControl(key.KeyChar))
        {
            return false;
        }

        Insert(key.KeyChar.ToString());
        return true;
    }

    private void Remove(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    private int WordBefore()
    {
        var at = Cursor;
        while (at > 0 && Text[at - 1] == ' ')
        {
            at--;
        }

        while (at > 0 && Text[at - 1] != ' ')
        {
            at--;
        }

        return at;
    }

    private int WordAfter()
    {
        var at = Cursor;
        while (at < Text.Length && Text[at] == ' ')
        {
            at++;
        }

        while (at < Text.Length && Text[at] != ' ')
        {
            at++;
        }

        return at;
    }
}
