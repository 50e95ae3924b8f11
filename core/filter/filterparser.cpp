#include "core/filter/filterparser.h"

#include "core/frame/findingcatalogue.h"

#include <QStringList>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace framescope {

namespace {

constexpr qsizetype expressionLimit = 4096; ///< characters
constexpr std::size_t clauseLimit = 64;

struct FieldName
{
    QLatin1String name;
    FilterClause::Field field;
    bool ordered; ///< < and > mean something
};

constexpr std::array fieldNames{
    FieldName{QLatin1String("msg.type"), FilterClause::Field::Type, false},
    FieldName{QLatin1String("check.status"), FilterClause::Field::Status, false},
    FieldName{QLatin1String("check.rule"), FilterClause::Field::Rule, false},
    FieldName{QLatin1String("frame.no"), FilterClause::Field::Number, true},
    FieldName{QLatin1String("frame.control"), FilterClause::Field::Control, false},
    FieldName{QLatin1String("frame.mark"), FilterClause::Field::Mark, false},
    FieldName{QLatin1String("msg.topic"), FilterClause::Field::Topic, false},
    FieldName{QLatin1String("lat.e2e"), FilterClause::Field::EndToEnd, true},
};

struct Token
{
    enum class Kind
    {
        Word,
        Quoted,
        Operator,
        And,
        End
    };
    Kind kind = Kind::End;
    QString text;
    qsizetype column = 1;
};

/// Levenshtein distance: how many letters to change, add or drop.
int distance(QStringView a, QStringView b)
{
    std::vector<int> row(std::size_t(b.size()) + 1);
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = int(i);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = row[0];
        row[0] = int(i) + 1;
        for (qsizetype j = 0; j < b.size(); ++j) {
            const std::size_t at = std::size_t(j) + 1;
            const int replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[at];
            row[at] = std::min({replaced, row[at] + 1, row[at - 1] + 1});
        }
    }
    return row.back();
}

/// The nearest of @p names to @p word, when it is near enough to be meant.
QString nearest(const QString& word, const QStringList& names)
{
    QString best;
    int least = std::max<int>(2, int(word.size()) / 3) + 1;
    for (const QString& name : names) {
        const int changes = distance(word.toLower(), name.toLower());
        if (changes < least) {
            least = changes;
            best = name;
        }
    }
    return best;
}

class FilterParser
{
public:
    explicit FilterParser(const QString& text)
        : m_text(text)
    {
    }

    Expected<std::vector<FilterClause>> run()
    {
        if (m_text.size() > expressionLimit)
            return failure(ErrorCode::Parse, QStringLiteral("A filter has at most %1 characters.").arg(expressionLimit),
                           QString::number(expressionLimit + 1));
        std::vector<FilterClause> clauses;
        bool mayJoin = false; // "&&" stands between two clauses
        advance();
        while (!m_error && m_token.kind != Token::Kind::End) {
            if (m_token.kind == Token::Kind::And) {
                if (!mayJoin)
                    fail(QStringLiteral("Something to look for is missing before \"%1\".").arg(m_token.text),
                         m_token.column);
                mayJoin = false;
                advance();
                if (m_token.kind == Token::Kind::End)
                    fail(QStringLiteral("Something to look for is missing at the end."), m_token.column);
                continue;
            }
            if (clauses.size() == clauseLimit)
                fail(QStringLiteral("A filter has at most %1 parts.").arg(clauseLimit), m_token.column);
            clauses.push_back(clause());
            mayJoin = true;
        }
        if (m_error)
            return tl::unexpected<Error>(*m_error);
        return clauses;
    }

private:
    void fail(const QString& reason, qsizetype column)
    {
        if (!m_error)
            m_error = Error{ErrorCode::Parse, reason, QString::number(column)};
    }

    static bool isOperatorLetter(QChar letter)
    {
        return letter == QLatin1Char('=') || letter == QLatin1Char('!') || letter == QLatin1Char('<') ||
               letter == QLatin1Char('>');
    }

    void advance()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
        m_token = Token{Token::Kind::End, {}, m_at + 1};
        if (m_at >= m_text.size())
            return;
        const QChar letter = m_text[m_at];
        if (letter == QLatin1Char('"')) {
            readQuoted();
        } else if (isOperatorLetter(letter)) {
            m_token.kind = Token::Kind::Operator;
            while (m_at < m_text.size() && isOperatorLetter(m_text[m_at]))
                m_token.text += m_text[m_at++];
        } else {
            readWord();
        }
    }

    void readQuoted()
    {
        m_token.kind = Token::Kind::Quoted;
        const qsizetype begin = m_at++;
        while (m_at < m_text.size() && m_text[m_at] != QLatin1Char('"')) {
            const bool isEscape = m_text[m_at] == QLatin1Char('\\') && m_at + 1 < m_text.size() &&
                                  (m_text[m_at + 1] == QLatin1Char('"') || m_text[m_at + 1] == QLatin1Char('\\'));
            m_at += isEscape ? 1 : 0;
            m_token.text += m_text[m_at++];
        }
        if (m_at >= m_text.size())
            fail(QStringLiteral("The quotation mark is not closed."), begin + 1);
        else
            ++m_at;
        if (m_token.text.isEmpty())
            fail(QStringLiteral("There is nothing between the quotation marks."), begin + 1);
    }

    void readWord()
    {
        if (m_text.sliced(m_at).startsWith(QLatin1String("&&"))) {
            m_token = Token{Token::Kind::And, QStringLiteral("&&"), m_at + 1};
            m_at += 2;
            return;
        }
        while (m_at < m_text.size() && !m_text[m_at].isSpace() && m_text[m_at] != QLatin1Char('"') &&
               !isOperatorLetter(m_text[m_at]) && !m_text.sliced(m_at).startsWith(QLatin1String("&&")))
            m_token.text += m_text[m_at++];
        m_token.kind = m_token.text == QLatin1String("and") ? Token::Kind::And : Token::Kind::Word;
    }

    FilterClause clause()
    {
        const Token first = m_token;
        advance();
        if (first.kind == Token::Kind::Operator) {
            fail(QStringLiteral("A field name is missing before \"%1\".").arg(first.text), first.column);
            return {};
        }
        if (m_token.kind == Token::Kind::Operator && first.kind == Token::Kind::Word)
            return comparison(first);
        FilterClause words;
        if (first.kind == Token::Kind::Word && first.text == QLatin1String("frame.mark")) {
            words.field = FilterClause::Field::Mark;
            words.flag = true;
            return words;
        }
        const bool isField = std::any_of(fieldNames.begin(), fieldNames.end(),
                                         [&](const FieldName& field) { return first.text == field.name; });
        if (first.kind == Token::Kind::Word && isField)
            fail(QStringLiteral("\"%1\" needs a comparison, for example %1 == …").arg(first.text), first.column);
        words.search = QByteArrayMatcher(first.text.toUtf8());
        return words;
    }

    FilterClause comparison(const Token& name)
    {
        FilterClause result;
        const FieldName* field = fieldOf(name);
        if (!field)
            return result;
        result.field = field->field;
        readRelation(*field, result);
        advance();
        const Token value = m_token;
        if (value.kind != Token::Kind::Word && value.kind != Token::Kind::Quoted) {
            fail(QStringLiteral("A value is missing."), value.column);
            return result;
        }
        advance();
        readValue(value, result);
        return result;
    }

    const FieldName* fieldOf(const Token& name)
    {
        QStringList names;
        for (const FieldName& field : fieldNames) {
            if (name.text == field.name)
                return &field;
            names << QString(field.name);
        }
        const QString meant = nearestField(name.text, names);
        fail(
            meant.isEmpty()
                ? QStringLiteral("Unknown field \"%1\". There are %2.").arg(name.text, names.join(QStringLiteral(", ")))
                : QStringLiteral("Unknown field \"%1\". Did you mean \"%2\"?").arg(name.text, meant),
            name.column);
        return nullptr;
    }

    /// Also "type" for "msg.type": the last part alone is what people remember.
    static QString nearestField(const QString& word, const QStringList& names)
    {
        QString whole = nearest(word, names);
        if (!whole.isEmpty())
            return whole;
        for (const QString& name : names) {
            const QString last = name.section(QLatin1Char('.'), -1);
            const QString group = name.section(QLatin1Char('.'), 0, 0);
            if (distance(word.toLower(), last) <= 1 || distance(word.toLower(), group) <= 1)
                return name;
        }
        return {};
    }

    void readRelation(const FieldName& field, FilterClause& result)
    {
        using Relation = FilterClause::Relation;
        static const std::array<std::pair<QLatin1String, Relation>, 6> relations{
            {{QLatin1String("=="), Relation::Equal},
             {QLatin1String("!="), Relation::NotEqual},
             {QLatin1String("<"), Relation::Less},
             {QLatin1String(">"), Relation::Greater},
             {QLatin1String("<="), Relation::LessOrEqual},
             {QLatin1String(">="), Relation::GreaterOrEqual}}};
        for (const auto& [text, relation] : relations) {
            if (m_token.text != text)
                continue;
            result.relation = relation;
            const bool isEquality = relation == Relation::Equal || relation == Relation::NotEqual;
            if (!isEquality && !field.ordered)
                fail(QStringLiteral("\"%1\" is compared with == or !=.").arg(field.name), m_token.column);
            return;
        }
        fail(m_token.text == QLatin1String("=") ? QStringLiteral("Equality is written ==.")
                                                : QStringLiteral("Unknown comparison \"%1\".").arg(m_token.text),
             m_token.column);
    }

    void readValue(const Token& value, FilterClause& result)
    {
        switch (result.field) {
        case FilterClause::Field::Text:
            break;
        case FilterClause::Field::Type:
        case FilterClause::Field::Topic:
            result.text = value.text.toUtf8();
            break;
        case FilterClause::Field::Status:
            readStatus(value, result);
            break;
        case FilterClause::Field::Rule:
            readRule(value, result);
            break;
        case FilterClause::Field::EndToEnd:
            readDuration(value, result);
            break;
        case FilterClause::Field::Control:
        case FilterClause::Field::Mark:
            result.flag = value.text == QLatin1String("true");
            if (!result.flag && value.text != QLatin1String("false"))
                fail(QStringLiteral("\"%1\" is neither true nor false.").arg(value.text), value.column);
            break;
        case FilterClause::Field::Number: {
            bool isNumber = false;
            result.number = value.text.toULongLong(&isNumber);
            if (!isNumber)
                fail(QStringLiteral("\"%1\" is not a frame number.").arg(value.text), value.column);
            break;
        }
        }
    }

    void readStatus(const Token& value, FilterClause& result)
    {
        if (value.text == QLatin1String("ok"))
            result.verdict = Verdict::Accepted;
        else if (value.text == QLatin1String("warn"))
            result.verdict = Verdict::Warned;
        else if (value.text == QLatin1String("fail"))
            result.verdict = Verdict::Refused;
        else
            fail(QStringLiteral("\"%1\" is none of ok, warn, fail.").arg(value.text), value.column);
    }

    void readDuration(const Token& value, FilterClause& result)
    {
        static const std::array<std::pair<QLatin1String, double>, 5> units{{{QLatin1String("us"), 1e3},
                                                                            {QLatin1String("ms"), 1e6},
                                                                            {QLatin1String("s"), 1e9},
                                                                            {QLatin1String("m"), 60e9},
                                                                            {QLatin1String("h"), 3600e9}}};
        QStringView number = value.text;
        double unitNs = 1e6; // without a unit: ms, as in exports
        for (const auto& [unit, ns] : units) {
            if (!number.endsWith(unit))
                continue;
            number.chop(unit.size());
            unitNs = ns;
            break;
        }
        bool isNumber = false;
        const double ns = number.toDouble(&isNumber) * unitNs;
        constexpr double longestNs = 9e18;
        if (!isNumber || !(std::abs(ns) <= longestNs))
            fail(QStringLiteral("\"%1\" is no duration: write 250ms, 2s, 1.5m.").arg(value.text), value.column);
        else
            result.durationNs = qint64(ns);
    }

    void readRule(const Token& value, FilterClause& result)
    {
        const QByteArray name = value.text.toUpper().toUtf8();
        if (const FindingInfo* info = findingByName(name)) {
            result.rule = info->id;
            return;
        }
        QStringList names;
        for (const FindingInfo& info : findingCatalogue())
            names << QString::fromLatin1(info.name);
        const QString meant = nearest(value.text, names);
        fail(meant.isEmpty() ? QStringLiteral("Unknown finding \"%1\".").arg(value.text)
                             : QStringLiteral("Unknown finding \"%1\". Did you mean \"%2\"?").arg(value.text, meant),
             value.column);
    }

    const QString m_text;
    qsizetype m_at = 0;
    Token m_token;
    std::optional<Error> m_error;
};

} // namespace

Expected<std::vector<FilterClause>> parseFilter(const QString& expression)
{
    return FilterParser(expression).run();
}

} // namespace framescope
