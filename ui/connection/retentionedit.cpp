#include "ui/connection/retentionedit.h"

#include "core/session/retentionwords.h"
#include "ui/common/widgets.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace framescope {

RetentionEdit::RetentionEdit(QWidget* parent)
    : QWidget(parent)
    , m_age(new QLineEdit)
    , m_bytes(new QLineEdit)
    , m_frames(new QLineEdit)
    , m_problem(plainLabel({}))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* row = new QHBoxLayout;
    column->addLayout(row);
    column->addWidget(m_problem);
    const struct
    {
        QLineEdit* field;
        QString placeholder;
        QString name;
        QString tip;
    } limits[] = {
        {m_age, tr("any age"), tr("Keep payloads for"), tr("Older payloads are removed: 15 min, 8 h, 7 d")},
        {m_bytes, tr("any size"), tr("Keep payloads up to"), tr("On the disk; the oldest are removed: 500 MB, 2 GiB")},
        {m_frames, tr("any number of frames"), tr("Keep payloads of the newest"),
         tr("Payloads of older frames are removed: 100000")}};
    for (const auto& limit : limits) {
        limit.field->setPlaceholderText(limit.placeholder);
        limit.field->setAccessibleName(limit.name);
        limit.field->setToolTip(limit.tip + tr(". Verdict, findings, SHA-256 and audit log stay, and so does what is "
                                               "marked"));
        row->addWidget(limit.field);
        connect(limit.field, &QLineEdit::textChanged, this, &RetentionEdit::showProblem);
    }
    m_problem->setWordWrap(true);
    setFocusProxy(m_age);
    showProblem();
}

void RetentionEdit::setRetention(const PayloadRetention& retention)
{
    m_age->setText(retentionText(retention.age));
    m_bytes->setText(retentionBytesText(retention.bytes));
    m_frames->setText(retentionFramesText(retention.frames));
}

Expected<PayloadRetention> RetentionEdit::retention() const
{
    PayloadRetention retention;
    const auto read = [](const QLineEdit* field, const auto& valueOf, auto& limit) -> Expected<void> {
        if (field->text().trimmed().isEmpty())
            return {};
        const auto value = valueOf(field->text());
        if (!value)
            return tl::unexpected(value.error());
        limit = *value;
        return {};
    };
    Expected<void> done = read(m_age, retentionAgeOf, retention.age);
    if (done)
        done = read(m_bytes, retentionBytesOf, retention.bytes);
    if (done)
        done = read(m_frames, retentionFramesOf, retention.frames);
    if (!done)
        return tl::unexpected(done.error());
    return retention;
}

QString RetentionEdit::problem() const
{
    const Expected<PayloadRetention> read = retention();
    return read ? QString() : tr("Kept payloads: %1.").arg(read.error().detail);
}

void RetentionEdit::showProblem()
{
    const QString words = problem();
    m_problem->setText(words.isEmpty() ? QString() : QStringLiteral("✕ ") + words);
    setKind(m_problem, "refused");
    m_problem->setVisible(!words.isEmpty());
}

} // namespace framescope
