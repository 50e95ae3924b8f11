#include "ui/frames/markbook.h"

#include "ui/common/numbers.h"

#include <algorithm>

namespace framescope {

MarkBook::MarkBook(QObject* parent)
    : QObject(parent)
    , m_marks(std::make_shared<FrameMarks>())
{
}

void MarkBook::restart()
{
    m_recorded = {};
    m_unrecorded.clear();
    show();
}

void MarkBook::takeRecorded(const FrameMarksPtr& marks)
{
    m_recorded = *marks;
    show();
    if (marks->passedOver() + marks->commentsPassedOver() > 0)
        Q_EMIT refused(tr("There is more about marks in this session's audit log than is shown: %1 marks, %2 comments")
                           .arg(countText(marks->passedOver()), countText(marks->commentsPassedOver())));
}

/// Recording keeps the order. So what was asked for before an event that came back is recorded too, even if nothing
/// told of it: a delivery to the window may lack events.
void MarkBook::takeEvents(const std::vector<AuditEvent>& events)
{
    bool isNews = false;
    auto waiting = m_unrecorded.begin();
    for (const AuditEvent& event : events) {
        if (!markedFrames(event))
            continue;
        const bool isKnown = event.seq != 0 && event.seq <= m_recorded.lastSeq(); // read from the file meanwhile
        const auto wanted = std::find_if(waiting, m_unrecorded.end(), [&event](const AuditEvent& other) {
            return other.action == event.action && other.detail == event.detail;
        });
        const bool isWanted = wanted != m_unrecorded.end();
        isNews = isNews || isKnown == isWanted;
        if (isWanted) {
            for (; !isKnown && waiting != wanted; ++waiting)
                m_recorded.apply(*waiting);
            waiting = std::next(wanted);
        }
        m_recorded.apply(event);
    }
    m_unrecorded.erase(m_unrecorded.begin(), waiting);
    if (isNews) // else both together say what they said before
        show();
}

void MarkBook::toggle(const FrameSpans& frames)
{
    std::vector<AuditEvent> events;
    const FrameSpans unmarked = framesWithout(frames, m_marks->spans());
    for (const FrameSpan& span : unmarked)
        events.push_back(markedEvent(span));
    if (unmarked.empty()) {
        for (const FrameSpan& span : commonFrames(frames, m_marks->spans()))
            events.push_back(unmarkedEvent(span));
    }
    want(events);
}

void MarkBook::comment(quint64 number, const QString& text)
{
    if (number != 0 && !text.trimmed().isEmpty())
        want({markedEvent({number, number}, text.trimmed())});
}

void MarkBook::want(const std::vector<AuditEvent>& events)
{
    if (events.empty())
        return;
    auto marks = std::make_shared<FrameMarks>(*m_marks);
    for (const AuditEvent& event : events)
        marks->apply(event); // without a number of their own yet, so that all of them count
    if (marks->passedOver() > m_marks->passedOver()) {
        Q_EMIT refused(tr("Nothing was changed: at most %1 separate runs of frames can be marked")
                           .arg(countText(FrameMarks::spanLimit)));
        return;
    }
    if (marks->commentsPassedOver() > m_marks->commentsPassedOver()) {
        Q_EMIT refused(tr("The comment was not added: at most %1 frames can have comments, of %2 bytes each")
                           .arg(countText(FrameMarks::commentedLimit), countText(quint64(FrameMarks::commentsLimit))));
        return;
    }
    m_unrecorded.insert(m_unrecorded.end(), events.begin(), events.end());
    m_marks = std::move(marks);
    Q_EMIT changed();
    Q_EMIT recordRequested(events);
}

void MarkBook::dropUnrecorded()
{
    if (m_unrecorded.empty())
        return;
    m_unrecorded.clear();
    show();
}

void MarkBook::recordAgain()
{
    if (!m_unrecorded.empty())
        Q_EMIT recordRequested(std::vector(m_unrecorded));
}

void MarkBook::show()
{
    auto marks = std::make_shared<FrameMarks>(m_recorded);
    for (const AuditEvent& event : m_unrecorded)
        marks->apply(event);
    m_marks = std::move(marks);
    Q_EMIT changed();
}

} // namespace framescope
