#pragma once
/// The marks of the session in the window. What a person asks for shows at once; it is recorded as events of the audit
/// log, and stays only when those come back as recorded.
///
/// Thread: gui. It records nothing itself: recordRequested() goes to the session.
#include "core/frame/framemarks.h"

#include <QObject>

namespace framescope {

class MarkBook : public QObject
{
    Q_OBJECT

public:
    explicit MarkBook(QObject* parent = nullptr);

    /// Another session: nothing is marked, and nothing waits.
    void restart();
    /// What the session file says.
    void takeRecorded(const FrameMarksPtr& marks);
    /// Events of the audit log as they were recorded; those about marks count.
    void takeEvents(const std::vector<AuditEvent>& events);

    [[nodiscard]] const FrameMarksPtr& marks() const { return m_marks; }
    /// What would go beyond a limit of FrameMarks is refused as a whole, by toggle() and comment(): refused() says it.
    /// Marks @p frames; when all of them are marked, takes the marks away.
    void toggle(const FrameSpans& frames);
    /// Marks frame @p number, if it is not, and adds @p text to what is said about it.
    void comment(quint64 number, const QString& text);
    /// What was asked for could not be recorded: it does not show any more.
    void dropUnrecorded();
    /// Asks again for what was not recorded: the session ended in between.
    void recordAgain();

Q_SIGNALS:
    void changed();
    void recordRequested(const std::vector<framescope::AuditEvent>& events);
    void refused(const QString& words);

private:
    void want(const std::vector<AuditEvent>& events);
    void show();

    FrameMarks m_recorded;
    std::vector<AuditEvent> m_unrecorded; ///< oldest first
    FrameMarksPtr m_marks;                ///< both; never null
};

} // namespace framescope
