#pragma once
/// One finding, explained: what, where in the frame and in the schema, expected and actual, likely cause, next step,
/// and what can be done with it. The left edge has the verdict's colour, the glyph and the words say the same. Thread:
/// gui. Cards are reused from frame to frame.
#include "core/frame/frame.h"

#include <QFrame>

namespace framescope {

class FactSheet;

class FindingCard : public QFrame
{
    Q_OBJECT

public:
    explicit FindingCard(QWidget* parent = nullptr);

    void setFinding(const Finding& finding, const Frame& frame);
    [[nodiscard]] QString plainText() const;

Q_SIGNALS:
    void filterRequested(const QString& expression);
    void nextSameRequested(framescope::FindingId id);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void copy() const;

    Finding m_finding;
    QString m_copyText;
    FactSheet* m_facts;
};

} // namespace framescope
